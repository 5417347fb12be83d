import { createReadStream, createWriteStream } from 'node:fs';
import { link, mkdir, readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';

/** As many as Node has threads (scripts/run-program.sh). */
const sideBySide = 16;

/**
 * Gives a clone that borrows its objects (`git clone --shared`) its own, as `git clone` does: hard links to those of the mirror, or copies, also
 * if a link is not possible.
 */
export async function giveObjects(mirror: string, directory: string, as: 'links' | 'copies'): Promise<void> {
  const [from, to] = [join(mirror, 'objects'), join(directory, '.git/objects')];
  await rm(join(to, 'info/alternates'), { force: true });
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  const pathsOf = (kind: 'isDirectory' | 'isFile') =>
    entries.filter((entry) => entry[kind]()).map(({ parentPath, name }) => relative(from, join(parentPath, name)));
  // What a fetch is writing at this moment has such a name until it is whole.
  const files = pathsOf('isFile').filter((path) => !/(^|\/)tmp_[^/]*$/.test(path));
  const limited = pLimit(sideBySide);
  await limited.map(pathsOf('isDirectory'), async (path) => await mkdir(join(to, path), { recursive: true }));
  await limited.map(files, async (path) => {
    const copy = () => copyReadable(join(from, path), join(to, path));
    await (as === 'copies' ? copy() : link(join(from, path), join(to, path)).catch(copy));
  });
}

/** As open to readers as umask and ACL of the directory allow, whatever the mirror's file is: the job may run as another account. */
async function copyReadable(from: string, to: string): Promise<void> {
  await pipeline(createReadStream(from), createWriteStream(to, { flags: 'wx', mode: 0o444 }));
}
