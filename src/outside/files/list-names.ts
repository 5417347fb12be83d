import { readdir } from 'node:fs/promises';
import { hasCode } from './has-code.ts';

/** The sorted names in a directory; none if it is missing. */
export async function listNames(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
