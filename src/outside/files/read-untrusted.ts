import { openUntrusted } from './open-untrusted.ts';

/** The text of a file that a job left, or why it is not used. */
export type UntrustedFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unusable'; readonly why: string };

/** Reads a small text file of a job, which runs code of strangers: follows no links, does not hang on pipes or devices, and is bounded. */
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
