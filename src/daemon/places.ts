import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PlaceIsAway } from '../outside/files/disk-trouble.ts';
import { makeDirectory, writeDurably } from '../outside/files/durable-files.ts';
import { hasCode } from '../outside/files/has-code.ts';
import { parseShape } from '../outside/files/parse-shape.ts';
import { readTextIfThere } from '../outside/files/read-text-if-there.ts';
import { syncDirectory } from '../outside/files/sync-directory.ts';
import { syncFileSystems } from '../outside/files/sync-file-systems.ts';
import type { Logger } from './logger.ts';
import { quoteWord } from './quote-word.ts';

// An empty mount point looks like a new site. So each directory of the bot, and the working directory, has a file that says it is in use, and
// names the others. A directory that is named there, but has no such file, is not mounted.

/** Setting -> directory. */
export type Places = Readonly<Record<string, string>>;

const fileName = '.bot-places.json';
const fileIn = (directory: string) => join(directory, fileName);

/** A sentence for each place that was in use and no longer has its file. */
export async function missingPlaces(places: Places, workingDirectory: string): Promise<string[]> {
  const namedBy = new Map<string, string>();
  const there = new Set<string>();
  for (const directory of [...Object.values(places), workingDirectory]) {
    const text = await readTextIfThere(fileIn(directory));
    if (text === undefined) continue;
    there.add(directory);
    for (const named of parsePlaces(text)) namedBy.set(named, fileIn(directory));
  }
  return Object.entries(places).flatMap(([setting, directory]) => {
    const by = namedBy.get(directory);
    if (by === undefined || there.has(directory)) return [];
    return [
      `${setting} ${directory} was in use (${by} says so), and nothing of it is there now: is its file system mounted? ` +
        `Mount it and start again; if it is to begin anew, run: mkdir -p ${quoteWord(directory)} && touch ${quoteWord(fileIn(directory))}`,
    ];
  });
}

/** Marks each place as in use, then names the others in each: after a kill in between no named place lacks its file. */
export async function notePlaces(places: Places, workingDirectory: string): Promise<void> {
  const directories = [...new Set(Object.values(places))];
  for (const directory of directories) {
    await makeDirectory(directory);
    if ((await readTextIfThere(fileIn(directory))) === undefined) await writeDurably(fileIn(directory), textOf([]));
    else await syncDirectory(directory); // the other daemon may have just written it
  }
  for (const directory of new Set([...directories, workingDirectory])) {
    if ((await readTextIfThere(fileIn(directory))) === textOf(directories)) continue;
    await writeDurably(fileIn(directory), textOf(directories)).catch((error: unknown) => {
      // The bot may be started in a directory that it cannot write to; this file is an aid only.
      if (directory !== workingDirectory || !hasCode(error, 'EACCES', 'EROFS')) throw error;
    });
  }
}

/** Writes of a killed process may not be on the disk yet: a power cut would undo them after we acted on them. So they are synced first. */
export async function syncPlaces(
  places: Places,
  tools: Parameters<typeof syncFileSystems>[1] & { readonly log: Pick<Logger, 'warn'> },
): Promise<void> {
  const result = await syncFileSystems([...new Set(Object.values(places))], tools);
  if (result === undefined) return;
  tools.log.warn(
    { places, result },
    'writes of an earlier process could not be synced: a power cut now might undo them',
  );
}

/** Throws {@link PlaceIsAway} while a place in use is not mounted. */
export async function checkPlaces(places: Places): Promise<void> {
  await Promise.all(Object.entries(places).map(([setting, directory]) => checkPlace(setting, directory)));
}

async function checkPlace(setting: string, directory: string): Promise<void> {
  try {
    await stat(fileIn(directory));
  } catch (cause) {
    throw new PlaceIsAway(
      `${setting} ${directory} is not what it was (${fileName} cannot be seen in it): is its file system mounted? Nothing is changed until it is back`,
      { cause },
    );
  }
}

const textOf = (directories: readonly string[]) => `${JSON.stringify({ version: 1, places: directories }, null, 2)}\n`;

const shape = z.object({ places: z.array(z.unknown()) });

/** None if the file is empty or damaged: that it exists still shows that its directory is there. */
function parsePlaces(text: string): string[] {
  return (parseShape(text, shape)?.places ?? []).filter((place) => typeof place === 'string');
}
