import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { openUntrusted, versionOf } from '../outside/files/open-untrusted.ts';
import { readInto } from '../outside/files/read-bytes.ts';

/** V8 collects buffers outside its heap late: with pieces of 1 MB there were 50 MB more garbage. */
const chunkBytes = 128 * 1024;

/** A regular file, held open: its bytes stay the same file's, whatever happens to its name. */
export interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly sizeBytes: number;
  readonly modified: Date;
  /** Changes with each write to the file. */
  readonly version: string;
}

/** Opens a file that a job may have left: no link, no pipe, no device, not empty. */
export async function openFile(path: string): Promise<OpenFile> {
  const opened = await openUntrusted(path);
  if (opened.kind === 'missing') throw new Error(`'${path}' does not exist.`);
  if (opened.kind === 'unusable') throw new Error(`'${path}' ${opened.why}.`);
  const { file: handle, stats } = opened;
  if (stats.size > 0n) {
    return { path, handle, sizeBytes: Number(stats.size), modified: stats.mtime, version: versionOf(stats) };
  }
  await handle.close();
  throw new Error(`'${path}' is empty.`);
}

/** The file's bytes from `start` to `end`, exclusive. Unlike a stream of Node, it never closes the file. */
export function streamBytes(file: OpenFile, start = 0, end = file.sizeBytes): Readable {
  return Readable.from(allBytes(file, start, end), { objectMode: false });
}

async function* allBytes(file: OpenFile, start: number, end: number): AsyncGenerator<Buffer> {
  for (let position = start; position < end; position += chunkBytes) {
    yield await fillFrom(file, Buffer.allocUnsafeSlow(Math.min(chunkBytes, end - position)), position);
  }
}

/** Fills a buffer with the file's bytes from `start` on, and gives it back. */
export async function fillFrom(file: OpenFile, buffer: Buffer, start: number): Promise<Buffer> {
  const { length } = await readInto(buffer, file.handle, start);
  if (length < buffer.length) throw new Error('it became shorter while it was read');
  return buffer;
}

/** Throws if the file was written to since it was opened: checked and uploaded bytes would differ. */
export async function expectUnchanged(file: OpenFile): Promise<void> {
  if (versionOf(await file.handle.stat({ bigint: true })) === file.version) return;
  throw new Error(`'${file.path}' changed while it was read: something still writes to it.`);
}
