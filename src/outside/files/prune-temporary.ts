import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, listNames } from './durable-files.ts';

const keepMilliseconds = 3600 * 1000;

/**
 * Removes the half-written files that killed processes have left in a directory. What was written within an hour is left: somebody, of
 * whatever process and machine, may be at it.
 */
export async function pruneTemporary(directory: string, now: Date): Promise<void> {
  for (const name of await namesIn(directory)) {
    if (!name.startsWith('.') || !name.endsWith('.tmp')) continue;
    const path = join(directory, name);
    const stats = await stat(path).catch(() => undefined); // gone meanwhile: it was being written
    if (stats !== undefined && now.getTime() - stats.mtimeMs > keepMilliseconds) await rm(path, { force: true });
  }
}

/** The same in the directories `depth` levels below. */
export async function pruneTemporaryBelow(directory: string, depth: number, now: Date): Promise<void> {
  if (depth === 0) return await pruneTemporary(directory, now);
  for (const name of await namesIn(directory)) await pruneTemporaryBelow(join(directory, name), depth - 1, now);
}

/** None where it is no directory. */
async function namesIn(path: string): Promise<string[]> {
  try {
    return await listNames(path);
  } catch (error) {
    if (hasCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}
