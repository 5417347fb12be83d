import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, open, opendir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode, isNotThere } from './has-code.ts';

/** A regular file that a job left, held open, or why there is none, as the end of a sentence. */
type Opened =
  | { readonly kind: 'file'; readonly file: FileHandle; readonly stats: BigIntStats }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unusable'; readonly why: string };

/**
 * Opens a file that a job may have left, for reading: no link, no pipe, on which it would hang, no device. The type is checked after
 * opening, since a job can replace the file at any moment. The caller closes the file.
 */
export async function openUntrusted(path: string): Promise<Opened> {
  let file: FileHandle;
  const openFile = () => open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    file = await openFile().catch(async (error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw error;
      // An NFS client remembers for up to a minute that a name was missing. Opening the directory has it ask the server.
      const directory = await opendir(dirname(path)).catch(() => undefined);
      await directory?.close();
      return await openFile();
    });
  } catch (error) {
    if (isNotThere(error)) return { kind: 'missing' };
    if (hasCode(error, 'ELOOP')) return { kind: 'unusable', why: 'is a symbolic link' };
    if (hasCode(error, 'EACCES')) return { kind: 'unusable', why: 'cannot be read: permission denied' };
    if (hasCode(error, 'ENXIO')) return { kind: 'unusable', why: 'is not a regular file' };
    throw error;
  }
  try {
    const stats = await file.stat({ bigint: true });
    if (stats.isFile()) return { kind: 'file', file, stats };
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return { kind: 'unusable', why: 'is not a regular file' };
}

/** Uses a file that a job may have left, as {@link openUntrusted} opens it. */
export async function withUntrusted<T>(
  path: string,
  use: (file: FileHandle, stats: BigIntStats) => Promise<T>,
): Promise<T | Exclude<Opened, { readonly kind: 'file' }>> {
  const opened = await openUntrusted(path);
  if (opened.kind !== 'file') return opened;
  try {
    return await use(opened.file, opened.stats);
  } finally {
    await opened.file.close();
  }
}

/** Identifies a file and its last change: a job can set `mtime` back, but not `ctime`, which follows content, name and times. */
export function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

/** The version of what has that name now, whatever it is; undefined: nothing has. */
export async function versionThere(path: string): Promise<string | undefined> {
  try {
    return versionOf(await lstat(path, { bigint: true }));
  } catch (error) {
    if (isNotThere(error)) return undefined;
    throw error;
  }
}
