import { withUntrusted } from './open-untrusted.ts';
import { readInto } from './read-bytes.ts';

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
