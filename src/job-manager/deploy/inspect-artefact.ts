import { lstat } from 'node:fs/promises';
import { isNotThere } from '../../outside/files/has-code.ts';
import { versionOf, withUntrusted } from '../../outside/files/open-untrusted.ts';
import { digest, readBytes } from '../../outside/files/read-bytes.ts';

/** The digest and size of an artefact; or why it cannot be used, the end of a sentence. */
type Inspection =
  | {
      readonly kind: 'artefact';
      readonly sha256: string;
      readonly size: number;
      /** The version of the inspected file, as from `versionThere`: it changes with the file. */
      readonly version: string;
    }
  | { readonly kind: 'unusable'; readonly why: string };

const gibibyte = 1024 ** 3;

/** Why a path is not a regular file; undefined if it is. Links are not followed: a job may have planted them. */
export async function whyNoRegularFile(path: string): Promise<string | undefined> {
  if (path.includes('\0')) return 'is not in the job directory'; // no file has such a name, and Node would throw
  try {
    const stats = await lstat(path);
    if (stats.isFile()) return consistsOfHoles(stats.size, stats.blocks) ? 'consists of holes' : undefined;
    return stats.isSymbolicLink() ? 'is a symbolic link' : 'is not a regular file';
  } catch (error) {
    if (isNotThere(error)) return 'is not in the job directory';
    throw error;
  }
}

/** A sparse file is no artefact: a job made it to keep us reading zeros. */
function consistsOfHoles(size: number, blocks: number): boolean {
  return size > gibibyte && blocks * 512 < size / 100;
}

/** Reads a whole artefact, however large; but no further if a job keeps appending. */
export async function inspectArtefact(path: string): Promise<Inspection> {
  if (path.includes('\0')) return unusable('is not in the job directory');
  const inspection = await withUntrusted(path, async (file, stats): Promise<Inspection> => {
    const size = Number(stats.size);
    if (consistsOfHoles(size, Number(stats.blocks))) return unusable('consists of holes');
    const { sha256 } = await digest(readBytes(file, 0, size));
    const version = versionOf(stats);
    if (versionOf(await file.stat({ bigint: true })) !== version) {
      return unusable('changed while it was read: something still writes to it');
    }
    return { kind: 'artefact', sha256, size, version };
  });
  return inspection.kind === 'missing' ? unusable('is not in the job directory') : inspection;
}

const unusable = (why: string): Inspection => ({ kind: 'unusable', why });
