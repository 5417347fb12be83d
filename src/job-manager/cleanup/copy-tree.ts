import { constants } from 'node:fs';
import { chmod, lutimes, mkdir, open, readdir, readlink, rmdir, symlink, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../outside/files/has-code.ts';
import { readBytes } from '../../outside/files/read-bytes.ts';
import { syncDirectory } from '../../outside/files/sync-directory.ts';
import { type Pinned, withPinned } from './pin.ts';

// A running job may replace a file or a directory by a link at any moment. So each is pinned before it is looked at, and only the pinned one
// is used.

/**
 * Copies a directory to another file system, and syncs it: links as links, with modes and times. Gives back what cannot be copied (pipes,
 * sockets, devices). Jobs may have removed permissions of directories: these are given back.
 */
export async function copyTree(from: string, to: string): Promise<string[]> {
  const skipped = await withPinned(from, (pinned) => copyDirectory(pinned, to));
  return skipped.map((path) => join(from, path));
}

/** Removes a directory, even if a job has removed permissions in it. Links are removed, not followed. */
export async function removeTree(path: string): Promise<void> {
  try {
    if ((await unlinkUnlessDirectory(path)) === 'removed') return;
    await withPinned(path, emptyDirectory);
    await rmdir(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

/** Gives a directory the permissions without which even its owner cannot read, move or empty it. */
export async function makeAccessible(directory: string): Promise<void> {
  await withPinned(directory, giveRights);
}

/** Copies a file, link or directory. Gives back the paths below it that cannot be copied; '' is its own. */
export async function copyPinned(pinned: Pinned, to: string): Promise<string[]> {
  const { stats } = pinned;
  if (stats.isDirectory()) return await copyDirectory(pinned, to);
  if (stats.isSymbolicLink()) await copyLink(pinned, to);
  else if (stats.isFile()) await copyFile(pinned, to);
  else return [''];
  return [];
}

/** Removes all that is in a directory. */
export async function emptyDirectory(pinned: Pinned): Promise<void> {
  await giveRights(pinned);
  for (const name of await readdir(pinned.path)) await removeTree(join(pinned.path, name));
}

async function copyDirectory(pinned: Pinned, to: string): Promise<string[]> {
  const { path, stats } = pinned;
  await mkdir(to, { mode: 0o700 });
  await giveRights(pinned);
  const skipped: string[] = [];
  for (const name of await readdir(path)) {
    const below = await withPinned(join(path, name), (entry) => copyPinned(entry, join(to, name)));
    skipped.push(...below.map((each) => join(name, each)));
  }
  await syncDirectory(to);
  await utimes(to, stats.atime, stats.mtime);
  await chmod(to, stats.mode & 0o7777);
  return skipped;
}

/** By its name, as a pinned link cannot be read. If another link has the name by now, that one is copied, also as a link. */
async function copyLink({ found, stats }: Pinned, to: string): Promise<void> {
  await symlink(await readlink(found), to);
  await lutimes(to, stats.atime, stats.mtime);
}

/** Copies at most the size that was seen first: a running job may go on appending. */
async function copyFile({ path, stats }: Pinned, to: string): Promise<void> {
  if ((stats.mode & 0o400) === 0) await chmod(path, (stats.mode & 0o7777) | 0o400);
  const source = await open(path, constants.O_RDONLY);
  try {
    const target = await open(to, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      await target.writeFile(readBytes(source, 0, stats.size));
      await target.chmod(stats.mode & 0o7777);
      await target.utimes(stats.atime, stats.mtime);
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function giveRights({ path, stats }: Pinned): Promise<void> {
  if (!stats.isDirectory() || (stats.mode & 0o700) === 0o700) return;
  await chmod(path, (stats.mode & 0o7777) | 0o700);
}

async function unlinkUnlessDirectory(path: string): Promise<'removed' | 'directory'> {
  try {
    await unlink(path);
    return 'removed';
  } catch (error) {
    if (hasCode(error, 'EISDIR')) return 'directory';
    throw error;
  }
}
