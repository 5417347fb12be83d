import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { hasCode } from '../outside/files/durable-files.ts';

const chunkBytes = 1024 * 1024;

/** A regular file, held open: whatever happens to its name afterwards, these are its bytes. */
export interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly sizeBytes: number;
  readonly modified: Date;
  /** Changes with every write to the file. */
  readonly version: string;
}

/** Opens a file that a job may have left: not through a link, not a pipe, not a device, not empty. */
export async function openFile(path: string): Promise<OpenFile> {
  const handle = await openWithoutLinks(path);
  try {
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw new Error(`'${path}' is not a regular file.`);
    if (stats.size === 0n) throw new Error(`'${path}' is empty.`);
    const version = `${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`;
    return { path, handle, sizeBytes: Number(stats.size), modified: stats.mtime, version };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openWithoutLinks(path: string): Promise<FileHandle> {
  try {
    // Not blocking: opening a pipe would wait for somebody who writes into it.
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) throw new Error(`'${path}' does not exist.`);
    if (hasCode(error, 'EACCES')) throw new Error(`'${path}' cannot be read: permission denied.`);
    if (hasCode(error, 'ELOOP')) throw new Error(`'${path}' is a symbolic link, which is not followed.`);
    if (hasCode(error, 'ENXIO')) throw new Error(`'${path}' is not a regular file.`);
    throw error;
  }
}

/** The file's bytes from `start` to `end`, exclusive. Unlike a stream of Node's own it leaves the file open however it ends. */
export function readBytes(file: OpenFile, start = 0, end = file.sizeBytes): Readable {
  return Readable.from(chunks(file.handle, start, end), { objectMode: false });
}

async function* chunks(handle: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let position = start; position < end; ) {
    const length = Math.min(chunkBytes, end - position);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
    if (bytesRead === 0) throw new Error('it became shorter while it was read');
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}

/** SHA-256 of all the bytes of a stream, in hexadecimal, and how many they were. */
export async function digest(bytes: AsyncIterable<Uint8Array>): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of bytes) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

/** Throws if the file was written to since it was opened: what was checked would not be what is uploaded. */
export async function expectUnchanged(file: OpenFile): Promise<void> {
  const { size, mtimeNs, ctimeNs } = await file.handle.stat({ bigint: true });
  if (`${size} ${mtimeNs} ${ctimeNs}` === file.version) return;
  throw new Error(`'${file.path}' changed while it was read: something still writes to it.`);
}
