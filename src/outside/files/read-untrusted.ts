import { openUntrusted } from './open-untrusted.ts';

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
  const opened = await openUntrusted(path);
  if (opened.kind !== 'file') return opened;
  const { file, stats } = opened;
  try {
    if (stats.size > maximumBytes) return { kind: 'unusable', why: `is larger than ${maximumBytes} bytes` };
    const buffer = Buffer.alloc(Number(stats.size));
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
