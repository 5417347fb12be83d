import { constants, type Stats } from 'node:fs';
import { access, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from './durable-files.ts';

/** What is found in a directory, links followed. */
export interface TreeEntry {
  /** Seen from the directory. */
  readonly path: string;
  /** A sentence: why it cannot be read, which is no reason not to read the rest. */
  readonly kind: 'directory' | 'file' | { readonly passedOver: string };
}

/**
 * Lists everything below a directory, a directory before what is in it. What a person, or an editor, leaves in a directory of configuration
 * must not keep others from reading it: dangling links, sockets, what may not be read. Throws where the directory itself cannot be read.
 */
export async function listTree(top: string): Promise<readonly TreeEntry[]> {
  return await list(top, '', [await realpath(top)]);
}

/** `above`: the real paths of the directories that lead here. */
async function list(top: string, directory: string, above: readonly string[]): Promise<readonly TreeEntry[]> {
  const names = (await readdir(join(top, directory))).sort();
  const entries: TreeEntry[] = [];
  for (const name of names) {
    const path = join(directory, name);
    try {
      entries.push(...(await look(top, path, above)));
    } catch (error) {
      const passedOver = whyNot(error);
      // A disk that is away is no reason to do without what lies on it.
      if (passedOver === undefined) throw error;
      entries.push({ path, kind: { passedOver } });
    }
  }
  return entries;
}

async function look(top: string, path: string, above: readonly string[]): Promise<readonly TreeEntry[]> {
  const whole = join(top, path);
  const stats = await stat(whole);
  if (!stats.isDirectory() && !stats.isFile()) return [{ path, kind: { passedOver: `is ${nameOf(stats)}` } }];
  await access(whole, constants.R_OK);
  if (stats.isFile()) return [{ path, kind: 'file' }];
  const real = await realpath(whole);
  if (above.includes(real)) return [{ path, kind: { passedOver: 'leads back to a directory that it lies in' } }];
  return [{ path, kind: 'directory' }, ...(await list(top, path, [...above, real]))];
}

function whyNot(error: unknown): string | undefined {
  if (hasCode(error, 'ENOENT')) return 'is a link to nothing';
  if (hasCode(error, 'ELOOP')) return 'is a link that leads to itself';
  return hasCode(error, 'EACCES') || hasCode(error, 'EPERM') ? 'cannot be read: permission denied' : undefined;
}

function nameOf(stats: Stats): string {
  if (stats.isSocket()) return 'a socket';
  if (stats.isFIFO()) return 'a pipe';
  return 'a device';
}
