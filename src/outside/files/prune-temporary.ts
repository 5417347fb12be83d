import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { listNames, noneIfNoDirectory } from './list-names.ts';

const keepMilliseconds = 3600 * 1000;

/** Removes half-written files of killed processes from a directory, but none of the last hour: some process may still be writing it. */
export async function pruneTemporary(directory: string, now: Date): Promise<void> {
  for (const name of await listNames(directory).catch(noneIfNoDirectory)) {
    if (!name.startsWith('.') || !name.endsWith('.tmp')) continue;
    const path = join(directory, name);
    const stats = await stat(path).catch(() => undefined); // gone meanwhile: it is written
    if (stats !== undefined && now.getTime() - stats.mtimeMs > keepMilliseconds) await rm(path, { force: true });
  }
}

/** The same in all directories `depth` levels below. */
export async function pruneTemporaryBelow(directory: string, depth: number, now: Date): Promise<void> {
  if (depth === 0) return await pruneTemporary(directory, now);
  for (const name of await listNames(directory).catch(noneIfNoDirectory))
    await pruneTemporaryBelow(join(directory, name), depth - 1, now);
}
