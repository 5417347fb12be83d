import { constants } from 'node:fs';
import { chmod, copyFile, lstat, lutimes, mkdir, open, readdir, readlink, rm, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, syncDirectory } from '../../outside/files/durable-files.ts';

/**
 * Copies a directory to another file system, onto the disk: links as links, modes and times as they were. Gives back what cannot be
 * copied (pipes, sockets, devices). Jobs may have taken rights from their directories: what cannot be read is made readable.
 */
export async function copyTree(from: string, to: string): Promise<string[]> {
  const stats = await lstat(from);
  await mkdir(to, { mode: 0o700 });
  await makeAccessible(from);
  const skipped: string[] = [];
  for (const name of await readdir(from)) skipped.push(...(await copyEntry(join(from, name), join(to, name))));
  await syncDirectory(to);
  await utimes(to, stats.atime, stats.mtime);
  await chmod(to, stats.mode & 0o7777);
  return skipped;
}

/** Removes a directory, whatever rights a job has taken from what is in it. Links are removed, not followed. */
export async function removeTree(path: string): Promise<void> {
  try {
    await makeRemovable(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  await rm(path, { recursive: true, force: true });
}

/** A directory without these rights can be neither read nor moved nor emptied, even by its owner. */
export async function makeAccessible(directory: string): Promise<void> {
  const { mode } = await lstat(directory);
  if ((mode & 0o700) !== 0o700) await chmod(directory, (mode & 0o7777) | 0o700);
}

async function copyEntry(from: string, to: string): Promise<string[]> {
  const stats = await lstat(from);
  if (stats.isDirectory()) return await copyTree(from, to);
  if (stats.isSymbolicLink()) {
    await symlink(await readlink(from), to);
    await lutimes(to, stats.atime, stats.mtime);
    return [];
  }
  if (!stats.isFile()) return [from];
  if ((stats.mode & 0o400) === 0) await chmod(from, stats.mode | 0o400);
  await copyFile(from, to, constants.COPYFILE_EXCL);
  await chmod(to, (stats.mode & 0o7777) | 0o600);
  const file = await open(to, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    await file.chmod(stats.mode & 0o7777);
    await file.utimes(stats.atime, stats.mtime);
    await file.sync();
  } finally {
    await file.close();
  }
  return [];
}

async function makeRemovable(directory: string): Promise<void> {
  await makeAccessible(directory);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeRemovable(join(directory, entry.name));
  }
}
