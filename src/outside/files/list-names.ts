import { readdir } from 'node:fs/promises';
import { isNotThere } from './has-code.ts';

/** The sorted names in a directory; none if it is missing, or something else has its name. */
export async function listNames(path: string): Promise<string[]> {
  return (await readdir(path).catch(noneIfNoDirectory)).sort();
}

/** For what reads a directory, where something else may have its name: then there is nothing in it. */
export function noneIfNoDirectory(error: unknown): [] {
  if (isNotThere(error)) return [];
  throw error;
}
