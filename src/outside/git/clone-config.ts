import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

// Lines of a clone's own configuration, written without another process.

/** Sets the address of a fresh clone's origin, as `git remote set-url` does. */
export async function setOrigin(directory: string, address: string): Promise<void> {
  const path = configOf(directory);
  const config = await readFile(path, 'utf8');
  const changed = config.replace(/^\turl = .*$/m, () => `\turl = ${address}`);
  if (changed === config) throw new Error(`${path} has no url of origin`);
  await writeFile(path, changed);
}

/**
 * Of a copied clone: what the index keeps of each file is the original's. Compared by size and time of change alone the files are the same;
 * else the first `git status` would read them all.
 */
export async function expectOtherInodes(directory: string): Promise<void> {
  await appendFile(configOf(directory), '[core]\n\tcheckStat = minimal\n\ttrustctime = false\n');
}

const configOf = (directory: string) => join(directory, '.git/config');
