import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, rename, rm, stat, symlink, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { mayWrite } from './check-before-writes.ts';
import { hasCode } from './has-code.ts';
import { lstatIfThere } from './lstat-if-there.ts';
import { syncDirectory } from './sync-directory.ts';

// All that the daemons must remember is written here: completely or not at all, and on disk before the call returns.
// Plain rename and link only: they are atomic on NFS too.

/** Replaces a file by `content`: readers see the old text or the new one, and after the call a power cut keeps the new one. */
export async function writeDurably(path: string, content: string | Buffer, mode = 0o600): Promise<void> {
  const temporary = await writeTemporary(path, content, mode);
  try {
    await mayWrite();
    await rename(temporary, path).catch((error: unknown) => replaceDirectory(error, temporary, path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** A directory with the name of a file of ours is not ours: it makes way. */
async function replaceDirectory(error: unknown, temporary: string, path: string): Promise<void> {
  if (!hasCode(error, 'EISDIR')) throw error;
  await setDamagedAside(path).catch(() => {
    throw error;
  });
  await rename(temporary, path);
}

/**
 * Renames what is damaged to `PATH.damaged`, in place of an earlier file of that name. Where a directory is in the way, of either, it gets a
 * further ending: what is in it may be somebody's.
 */
export async function setDamagedAside(path: string): Promise<void> {
  await mayWrite();
  const aside = `${path}.damaged`;
  await rename(path, aside).catch(async (error: unknown) => {
    if (!hasCode(error, 'EISDIR', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST')) throw error;
    await rename(path, `${aside}.${randomBytes(6).toString('hex')}`);
  });
  await syncDirectory(dirname(path));
}

/** Like {@link writeDurably}, but returns `exists` and changes nothing if the file exists. */
export async function createDurably(
  path: string,
  content: string | Buffer,
  mode = 0o600,
): Promise<'created' | 'exists'> {
  const temporary = await writeTemporary(path, content, mode);
  try {
    await mayWrite();
    await link(temporary, path);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return 'exists';
    throw error;
  } finally {
    await unlinkIfThere(temporary);
  }
  try {
    await syncDirectory(dirname(path));
  } catch (error) {
    await mayWrite()
      .then(() => rm(path, { force: true })) // a file that may not be on disk must not stay
      .catch(() => {});
    throw error;
  }
  return 'created';
}

/** Renames a file or directory durably. If it has its new name already, an earlier attempt failed after the rename: that is fine. */
export async function moveDurably(from: string, to: string): Promise<void> {
  await mayWrite();
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || (await lstatIfThere(from)) || !(await lstatIfThere(to))) throw error;
  }
  await removeOtherName(from, to);
  await syncDirectory(dirname(to));
  if (dirname(from) !== dirname(to)) await syncDirectory(dirname(from));
}

/** A power cut during a move may leave a file under both names; then rename(2) does nothing and reports success, for ever. */
async function removeOtherName(from: string, to: string): Promise<void> {
  const left = await lstatIfThere(from);
  const moved = left && (await lstatIfThere(to));
  if (left !== undefined && left.ino === moved?.ino && left.dev === moved.dev) await unlink(from);
}

/** Writes what need not survive a power cut: other processes see it after this call. A kill in between leaves half of it. */
export async function writeSoon(path: string, content: string, mode = 0o600): Promise<void> {
  await mayWrite();
  const file = await open(path, 'w', mode);
  await file.writeFile(content).finally(() => file.close());
}

/** Removes what need not stay removed after a power cut, be it a file or a directory. */
export async function removeSoon(path: string): Promise<void> {
  await mayWrite();
  await unlinkIfThere(path).catch(() => rm(path, { force: true, recursive: true }));
}

/** Makes a symbolic link; leaves an existing one. */
export async function linkDurably(target: string, path: string): Promise<void> {
  await mayWrite();
  try {
    await symlink(target, path);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return;
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** Removes a file; a missing one is fine. */
export async function removeDurably(path: string): Promise<void> {
  await mayWrite();
  if (await unlinkIfThere(path)) await syncDirectory(dirname(path));
}

/** rm() with `force` would look at it first. */
async function unlinkIfThere(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/**
 * Makes a directory and its parents, each durably. `mode` is for the last one; parents are readable by all. One by one, since Node reports
 * a read-only file system as ENOENT when it has to make several.
 */
export async function makeDirectory(path: string, mode = 0o755): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (hasCode(error, 'EEXIST') && (await stat(path)).isDirectory()) return;
    if (!hasCode(error, 'ENOENT') || dirname(path) === path) throw error;
    await makeDirectory(dirname(path));
    await mkdir(path, { mode }).catch((again: unknown) => {
      if (!hasCode(again, 'EEXIST')) throw again;
    });
  }
  await syncDirectory(dirname(path));
}

async function writeTemporary(path: string, content: string | Buffer, mode: number): Promise<string> {
  await mayWrite(); // here too: writing takes time, and a kill leaves a file
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  const file: FileHandle = await open(temporary, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, mode);
  try {
    await file.writeFile(content);
    await file.sync();
    await file.close(); // a network file system may report a full disk only now
  } catch (error) {
    await file.close().catch(() => {});
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  return temporary;
}
