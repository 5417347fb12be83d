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
