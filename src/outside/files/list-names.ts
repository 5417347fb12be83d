import { lstat, readdir } from 'node:fs/promises';
import { hasCode, isNotThere } from './has-code.ts';

/** The sorted names in a directory; none if it is missing, also where it would lie below a file. Throws if something else has its name. */
export async function listNames(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort();
  } catch (error) {
    const isMissing = hasCode(error, 'ENOENT') || (hasCode(error, 'ENOTDIR') && !(await isThere(path)));
    if (isMissing) return [];
    throw error;
  }
}

/** For what reads a directory, where something else may have its name: then there is nothing in it. */
export function noneIfNoDirectory(error: unknown): [] {
  if (isNotThere(error)) return [];
  throw error;
}

const isThere = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  );
