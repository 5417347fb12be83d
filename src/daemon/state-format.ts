import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../outside/files/durable-files.ts';
import { parseShape } from '../outside/files/parse-shape.ts';
import { readTextIfThere } from '../outside/files/read-text-if-there.ts';
import { botVersion } from './bot-version.ts';

/**
 * Grows by one with each change in state_dir, or in job records, that the version before would misread.
 * Something that it would only ignore is no such change.
 */
const stateFormat = 1;

const fileIn = (stateDir: string) => join(stateDir, 'format.json');
const shape = z.object({ format: z.int().min(1), writtenBy: z.string().max(100) });

/** Why this version may not use a state directory, as a sentence without its full stop; undefined: it may. */
export async function refuseNewerState(stateDir: string): Promise<string | undefined> {
  const written = parseShape((await readTextIfThere(fileIn(stateDir))) ?? '', shape);
  if (written === undefined || written.format <= stateFormat) return undefined;
  return (
    `state_dir ${stateDir} was written by version ${written.writtenBy} of the bot, in format ${written.format}; this is version ${botVersion}, ` +
    `which reads formats up to ${stateFormat}, and would lose what it does not know. Run ${written.writtenBy} or newer: ./bot.sh upgrade`
  );
}

/** Notes in a state directory that is ours that this version writes to it. */
export async function noteStateFormat(stateDir: string): Promise<void> {
  const text = `${JSON.stringify({ format: stateFormat, writtenBy: botVersion })}\n`;
  if ((await readTextIfThere(fileIn(stateDir))) !== text) await writeDurably(fileIn(stateDir), text);
}
