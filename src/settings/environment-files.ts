import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The files with the environment of the daemons, where setup writes them and docs/running.md has them. */
export async function environmentFilesOf(home: string | undefined): Promise<string[]> {
  if (!home) return [];
  const directory = join(home, '.config/bot');
  const names = await readdir(directory).catch(() => []); // a site that has no such directory
  return names
    .filter((name) => name.endsWith('.env'))
    .sort()
    .map((name) => join(directory, name));
}
