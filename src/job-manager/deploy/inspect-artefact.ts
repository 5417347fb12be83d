import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { hasCode } from '../../outside/files/durable-files.ts';

/** What an artefact is, byte for byte; or why it is none, as the end of a sentence. */
export type Inspection =
  | { readonly kind: 'artefact'; readonly sha256: string; readonly size: number }
  | { readonly kind: 'unusable'; readonly why: string };

const gibibyte = 1024 ** 3;

/** Why a path is no regular file; undefined where it is one. Links are not followed: a job may have planted them. */
export async function whyNoRegularFile(path: string): Promise<string | undefined> {
  if (path.includes('\0')) return 'is not in the job directory'; // no file is called so, and Node throws
  try {
    const stats = await lstat(path);
    // Nobody builds that: a job has set the end of a file somewhere far away, to keep us reading zeros.
    if (stats.isFile() && stats.size > gibibyte && stats.blocks * 512 < stats.size / 100) return 'consists of holes';
    if (stats.isFile()) return undefined;
    return stats.isSymbolicLink() ? 'is a symbolic link' : 'is not a regular file';
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].some((code) => hasCode(error, code)))
      return 'is not in the job directory';
    throw error;
  }
}

/** Reads an artefact as a whole, however large. */
export async function inspectArtefact(path: string): Promise<Inspection> {
  const why = await whyNoRegularFile(path);
  if (why !== undefined) return { kind: 'unusable', why };
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (hasCode(error, 'EACCES')) return { kind: 'unusable', why: 'cannot be read: permission denied' };
    if (hasCode(error, 'ELOOP')) return { kind: 'unusable', why: 'is a symbolic link' };
    throw error;
  }
  try {
    if (!(await file.stat()).isFile()) return { kind: 'unusable', why: 'is not a regular file' };
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.length;
    }
    return { kind: 'artefact', sha256: hash.digest('hex'), size };
  } finally {
    await file.close();
  }
}
