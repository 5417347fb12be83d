import { lstat } from 'node:fs/promises';

/** Whether a file, and no link to one, has that name. False, too, if that cannot be told. */
export const isRealFile = (path: string): Promise<boolean> =>
  lstat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );

/** The same for a directory. */
export const isRealDirectory = (path: string): Promise<boolean> =>
  lstat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
