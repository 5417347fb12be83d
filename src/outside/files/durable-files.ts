import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import {
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  unlink,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { wordsOf } from '../../words-of.ts';
import { isDiskTrouble } from './disk-trouble.ts';

// All that the daemons must remember is written here: completely or not at all, and on disk before the call returns.
// Plain rename and link only: they are atomic on NFS too.

let mayWrite: () => Promise<void> = async () => {};

/**
 * From now on `check` runs immediately before each change of this process becomes visible; if it rejects, nothing is changed. It is here
 * because all changes that count pass here; an empty directory is made without it. Callers that wait at the same time share the next check.
 */
export function checkBeforeWrites(check: () => Promise<void>): void {
  mayWrite = sharing(check);
}

/** The same action; all callers before it begins share it. Many concurrent callers cost two, not one each. `whenIdle`: none is waited for. */
function sharing(act: () => Promise<void>, whenIdle: () => void = () => {}): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    next ??= running
      .catch(() => {}) // reported to the callers of that one
      .then(() => {
        next = undefined;
        running = act().finally(() => {
          if (next === undefined) whenIdle();
        });
        return running;
      });
    return next;
  };
}

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
    if (!['EISDIR', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST'].some((code) => hasCode(error, code))) throw error;
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

async function lstatIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
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

/** Appends one line; `line` without its line end. */
export async function appendLineDurably(path: string, line: string, mode = 0o644): Promise<void> {
  await mayWrite(); // here too: this may create the file
  await appendLine(await open(path, 'a', mode), path, line);
}

/**
 * Like {@link appendLineDurably}, for a file that jobs can replace: not through a link, and not into a pipe, on which it would hang, or a
 * device.
 */
export async function appendLineUntrusted(path: string, line: string, mode = 0o644): Promise<void> {
  await mayWrite();
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
  await appendLine(await open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, mode), path, line);
}

async function appendLine(file: FileHandle, path: string, line: string): Promise<void> {
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error(`${path} is not a regular file: nothing is written to it.`);
    await writeLine(file, line, stats.size);
  } finally {
    await file.close();
  }
  await syncDirectory(dirname(path));
}

async function writeLine(file: FileHandle, line: string, size: number): Promise<void> {
  try {
    await mayWrite();
    await file.writeFile(`${line}\n`); // write() may silently stop early on a full disk
    await file.sync();
  } catch (error) {
    // Readers skip a torn line; it is cut off while nobody else can have written behind it.
    await mayWrite()
      .then(() => file.truncate(size))
      .catch(() => {});
    throw error;
  }
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

/**
 * The text of a file, or undefined if it is missing. Anything else of that name (a directory, a pipe, on which reading would hang, a link
 * to itself) counts as an empty file.
 */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return (await file.stat()).isFile() ? await file.readFile('utf8') : '';
    } finally {
      await file.close();
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    if (['ELOOP', 'ENXIO'].some((code) => hasCode(error, code))) return '';
    throw error;
  }
}

/** The sorted names in a directory; none if it is missing. */
export async function listNames(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Whether something has that name; a dangling link does not count. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}

/** Whether an error is the system's `code`, such as ENOENT. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
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

/** Of each directory that is being synced. */
const syncs = new Map<string, () => Promise<void>>();

/** Makes the names in a directory survive a power cut. Callers that wait at the same time share the next sync. */
export async function syncDirectory(path: string): Promise<void> {
  const sync =
    syncs.get(path) ??
    sharing(
      () => syncNow(path),
      () => syncs.delete(path),
    );
  syncs.set(path, sync);
  await sync();
}

async function syncNow(path: string): Promise<void> {
  try {
    const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    await directory.sync().finally(() => directory.close());
    unsynced.delete(path);
  } catch (error) {
    // Some network file systems cannot sync a directory and answer EINVAL: their server writes names through.
    if (hasCode(error, 'EINVAL')) return;
    if (!isDiskTrouble(error)) throw error;
    unsynced.add(path);
    throw new NotSynced(path, error);
  }
}

/** Directories whose last sync failed. */
const unsynced = new Set<string>();
export const isAllSynced = () => unsynced.size === 0;

/** A change in a directory is visible, but a power cut may undo it. */
class NotSynced extends Error {
  override name = 'NotSynced';
  readonly directory: string;

  constructor(directory: string, cause: unknown) {
    super(`${directory} could not be synced: ${wordsOf(cause)}`, { cause });
    this.directory = directory;
  }
}

/** Before a retry: syncs what the failed attempt changed, since the next one finds it changed. Throws if that fails again. */
export async function settle(failure: unknown): Promise<void> {
  if (failure instanceof NotSynced) {
    await syncDirectory(failure.directory).catch((error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw error; // the directory is gone
    });
  } else if (failure instanceof AggregateError) for (const each of failure.errors) await settle(each);
  else if (failure instanceof Error) await settle(failure.cause);
}
