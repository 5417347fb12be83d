import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { hasCode } from './durable-files.ts';

/** What a job left under a name: its text, or why it is not believed. */
export type UntrustedFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unusable'; readonly why: string };

/**
 * Reads a small text file that a job wrote. Jobs run code of strangers: links are not followed, devices and pipes are not opened
 * for long, and no more than `maximumBytes` is read.
 */
export async function readUntrusted(path: string, maximumBytes = 1024 * 1024): Promise<UntrustedFile> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return { kind: 'missing' };
    if (hasCode(error, 'ELOOP')) return { kind: 'unusable', why: 'is a symbolic link' };
    if (hasCode(error, 'EACCES')) return { kind: 'unusable', why: 'cannot be read: permission denied' };
    if (hasCode(error, 'ENXIO')) return { kind: 'unusable', why: 'is not a regular file' };
    throw error;
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return { kind: 'unusable', why: 'is not a regular file' };
    if (stats.size > maximumBytes) return { kind: 'unusable', why: `is larger than ${maximumBytes} bytes` };
    const buffer = Buffer.alloc(stats.size);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return { kind: 'text', text: buffer.toString('utf8', 0, length) };
  } finally {
    await file.close();
  }
}
