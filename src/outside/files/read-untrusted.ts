import { withUntrusted } from './open-untrusted.ts';
import { readInto } from './read-bytes.ts';

/** The text of a file that a job left, or why it is not used. */
type UntrustedFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unusable'; readonly why: string };

/** Reads a small text file of a job, which runs code of strangers: follows no links, does not hang on pipes or devices, and is bounded. */
export async function readUntrusted(path: string, maximumBytes = 1024 * 1024): Promise<UntrustedFile> {
  return await withUntrusted(path, async (file, stats): Promise<UntrustedFile> => {
    if (stats.size > maximumBytes) return { kind: 'unusable', why: `is larger than ${maximumBytes} bytes` };
    return { kind: 'text', text: (await readInto(Buffer.alloc(Number(stats.size)), file, 0)).toString('utf8') };
  });
}

/** The end of a file that a job left. `isWhole`: that is all of it. */
export type UntrustedEnd =
  | { readonly kind: 'text'; readonly text: string; readonly isWhole: boolean }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unusable'; readonly why: string };

/** Reads the last `maximumBytes` of a file of a job, however large it is, as `readUntrusted` does. What is no UTF-8 becomes U+FFFD. */
export async function readEndUntrusted(path: string, maximumBytes = 1024 * 1024): Promise<UntrustedEnd> {
  return await withUntrusted(path, async (file, stats): Promise<UntrustedEnd> => {
    const start = Math.max(0, Number(stats.size) - maximumBytes);
    const bytes = await readInto(Buffer.alloc(Math.min(Number(stats.size), maximumBytes)), file, start);
    return { kind: 'text', text: bytes.toString('utf8'), isWhole: start === 0 };
  });
}
