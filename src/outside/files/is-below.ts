import { relative } from 'node:path';

/** Whether a path leads into a directory; it itself does not. */
export function isBelow(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way !== '' && way !== '..' && !way.startsWith('../');
}
