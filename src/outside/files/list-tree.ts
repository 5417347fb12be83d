import { constants, type Stats } from 'node:fs';
import { access, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from './has-code.ts';

/** An entry of a directory, links followed. */
interface TreeEntry {
  /** Relative to the directory. */
  readonly path: string;
  /** A sentence: why it cannot be read; the rest is read anyway. */
  readonly kind: 'directory' | 'file' | { readonly passedOver: string };
}

/**
 * Lists everything below a directory, parents first. What people and editors leave in a configuration directory (dangling links, sockets,
 * unreadable files) must not keep the rest from being read. Throws if the directory itself is unreadable.
 */
export async function listTree(top: string): Promise<readonly TreeEntry[]> {
  return await list(top, '', [await realpath(top)]);
}

/** `above`: the real paths of the parent directories. */
async function list(top: string, directory: string, above: readonly string[]): Promise<readonly TreeEntry[]> {
  const names = (await readdir(join(top, directory))).sort();
  const entries: TreeEntry[] = [];
  for (const name of names) {
    const path = join(directory, name);
    try {
      entries.push(...(await look(top, path, above)));
    } catch (error) {
      const passedOver = whyNot(error);
      // A disk that is not mounted is no reason to go on without its files.
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
  return hasCode(error, 'EACCES', 'EPERM') ? 'cannot be read: permission denied' : undefined;
}

function nameOf(stats: Stats): string {
  if (stats.isSocket()) return 'a socket';
  if (stats.isFIFO()) return 'a pipe';
  return 'a device';
}
