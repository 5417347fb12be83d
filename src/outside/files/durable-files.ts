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

// What the daemons must remember goes through here: complete or not there at all, and on the disk before the call returns.
// Plain rename and link only: they are atomic on NFS too.

let mayWrite: () => Promise<void> = async () => {};

/**
 * From now on this process changes nothing for which `check` does not resolve: it is asked immediately before each change becomes
 * visible. Here, because all changes that count come by; an empty directory is made without asking.
 */
export function checkBeforeWrites(check: () => Promise<void>): void {
  mayWrite = check;
}

/** Replaces a file by `content`, whatever happens meanwhile: readers see the old text or the new one, and after the call a power cut keeps the new one. */
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

/** A directory under the name of a file of ours is none of ours: it gives way, and stays visible as `PATH.damaged`. */
async function replaceDirectory(error: unknown, temporary: string, path: string): Promise<void> {
  if (!hasCode(error, 'EISDIR')) throw error;
  await rename(path, `${path}.damaged`).catch(() => {
    throw error;
  });
  await rename(temporary, path);
}

/** Like {@link writeDurably}, but says `exists` and changes nothing where the file is there already. */
export async function createDurably(path: string, content: string, mode = 0o600): Promise<'created' | 'exists'> {
  const temporary = await writeTemporary(path, content, mode);
  try {
    await mayWrite();
    await link(temporary, path);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return 'exists';
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  try {
    await syncDirectory(dirname(path));
  } catch (error) {
    await mayWrite()
      .then(() => rm(path, { force: true })) // what was not written for certain is not there
      .catch(() => {});
    throw error;
  }
  return 'created';
}

/**
 * Renames a file or directory; both directories are on the disk afterwards. What has its new name already is moved: an earlier attempt may
 * have failed after it.
 */
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

/**
 * A power cut in the midst of a move may leave a file under both names; then rename(2) does nothing, says that all is well, and would do
 * so for ever.
 */
async function removeOtherName(from: string, to: string): Promise<void> {
  const [left, moved] = await Promise.all([lstatIfThere(from), lstatIfThere(to)]);
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

/** Writes what need not survive a power cut: another process sees it after this call. One that is killed meanwhile leaves half of it. */
export async function writeSoon(path: string, content: string, mode = 0o600): Promise<void> {
  await mayWrite();
  const file = await open(path, 'w', mode);
  await file.writeFile(content).finally(() => file.close());
}

/** Removes what need not stay removed after a power cut, whatever has taken its place. */
export async function removeSoon(path: string): Promise<void> {
  await mayWrite();
  await rm(path, { force: true, recursive: true });
}

/** Makes a symbolic link; one of that name that is there is left. */
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

/** Adds one line at the end; `line` without its line end. */
export async function appendLineDurably(path: string, line: string, mode = 0o644): Promise<void> {
  await mayWrite(); // as well as before the line: this may make the file
  await appendLine(await open(path, 'a', mode), path, line);
}

/**
 * Like {@link appendLineDurably}, for a file that jobs can put something else in place of: not through a link, and not into a pipe,
 * which would be waited for, or a device.
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
    await file.writeFile(`${line}\n`); // all of it, where write() may leave off on a full disk and not say so
    await file.sync();
  } catch (error) {
    // Readers pass over a line that was torn; it is cut off as long as nobody else can have written behind it.
    await mayWrite()
      .then(() => file.truncate(size))
      .catch(() => {});
    throw error;
  }
}

/** Removes a file; one that is not there is removed already. */
export async function removeDurably(path: string): Promise<void> {
  await mayWrite();
  try {
    await unlink(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  await syncDirectory(dirname(path));
}

/**
 * Makes a directory and those above it, each on the disk. `mode` is the last one's; those above are open to all readers. One by one, since
 * Node says of a read-only file system that there is no such directory when it is to make several.
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
 * The text of a file, or undefined where there is none. What has its name and is no file (a directory, a pipe, which would be waited for,
 * a link to itself) is as good as an empty one.
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

/** The names in a directory, sorted; none where there is no directory. */
export async function listNames(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Whether there is something of that name; a dangling link is nothing. */
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
  await mayWrite(); // as well as before it gets its name: writing may take long, and leaves a file where it is ended in the midst
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  const file: FileHandle = await open(temporary, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, mode);
  try {
    await file.writeFile(content);
    await file.sync();
    await file.close(); // a network file system may tell only now that there is no room
  } catch (error) {
    await file.close().catch(() => {});
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  return temporary;
}

/** The sync of each directory that has not begun yet: whoever comes before it begins shares it. */
const nextSync = new Map<string, Promise<void>>();
const runningSync = new Map<string, Promise<void>>();

/** Makes the names in a directory survive a power cut. Many callers at once cost two syncs, not one each. */
export async function syncDirectory(path: string): Promise<void> {
  let next = nextSync.get(path);
  if (next === undefined) {
    const running = runningSync.get(path) ?? Promise.resolve();
    next = running
      .catch(() => {}) // told to those who waited for that one
      .then(() => {
        nextSync.delete(path);
        const sync = syncNow(path).finally(() => {
          if (runningSync.get(path) === sync) runningSync.delete(path);
        });
        runningSync.set(path, sync);
        return sync;
      });
    nextSync.set(path, next);
  }
  await next;
}

async function syncNow(path: string): Promise<void> {
  try {
    const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    await directory.sync().finally(() => directory.close());
    unsynced.delete(path);
  } catch (error) {
    // Some network file systems cannot sync a directory and say so: their server writes names through.
    if (hasCode(error, 'EINVAL')) return;
    if (!isDiskTrouble(error)) throw error;
    unsynced.add(path);
    throw new NotSynced(path, error);
  }
}

/** Directories whose last sync failed. */
const unsynced = new Set<string>();
export const isAllSynced = () => unsynced.size === 0;

/** What was changed in a directory can be seen, and a power cut may take it back. */
class NotSynced extends Error {
  override name = 'NotSynced';
  readonly directory: string;

  constructor(directory: string, cause: unknown) {
    super(`${directory} could not be synced: ${wordsOf(cause)}`, { cause });
    this.directory = directory;
  }
}

/**
 * Before what failed is tried again: puts on the disk what it changed and could not sync, since the next attempt finds that changed, and
 * goes on from there. Throws where that fails again.
 */
export async function settle(failure: unknown): Promise<void> {
  if (failure instanceof NotSynced) {
    await syncDirectory(failure.directory).catch((error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw error; // nothing of it is seen any more
    });
  } else if (failure instanceof AggregateError) for (const each of failure.errors) await settle(each);
  else if (failure instanceof Error) await settle(failure.cause);
}
