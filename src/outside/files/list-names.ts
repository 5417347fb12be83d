import { readdir } from 'node:fs/promises';
import { hasCode, isNotThere } from './has-code.ts';

/** The sorted names in a directory; none if it is missing. */
export async function listNames(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** For what reads a directory, where something else may have its name: then there is nothing in it. */
export function noneIfNoDirectory(error: unknown): [] {
  if (isNotThere(error)) return [];
  throw error;
}
