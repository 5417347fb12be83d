import { constants } from 'node:fs';
import { open, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { hasCode } from './has-code.ts';

/** NFS_SUPER_MAGIC of linux/magic.h. */
const nfs = 0x6969;
/** So many are quicker synced one by one, on a local disk with a journal. */
const mostFiles = 500;
/** As many as Node has threads (scripts/run-program.sh): the file system writes its journal once for those that wait together. */
const sideBySide = 16;

/**
 * Puts the files and directories below `top`, and itself, on the disk: them alone, whatever others write to that file system. `too large`:
 * nothing was synced. On NFS no tree is: a file's bytes were sent to the server when it was closed, so each costs next to nothing.
 */
export async function syncTree(top: string): Promise<'synced' | 'too large'> {
  const most = (await statfs(top)).type === nfs ? Infinity : mostFiles;
  const paths = await listUpTo(most, top);
  if (paths === undefined) return 'too large';
  await pLimit(sideBySide).map(paths, syncOne);
  return 'synced';
}

/** Undefined where there are more. Links are names in a directory, and nothing else. */
async function listUpTo(most: number, top: string): Promise<string[] | undefined> {
  const found = [top];
  const directories = [top];
  for (let directory = directories.pop(); directory !== undefined; directory = directories.pop()) {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) directories.push(path);
      if (entry.isDirectory() || entry.isFile()) found.push(path);
    }
    if (found.length > most) return undefined;
  }
  return found;
}

async function syncOne(path: string): Promise<void> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    await file.sync();
  } catch (error) {
    if (!hasCode(error, 'EINVAL')) throw error; // as in sync-directory.ts
  } finally {
    await file.close();
  }
}
