import { prettifyError, ZodError } from 'zod';

/** The message of anything that was thrown. Of several errors at once: all messages. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join('; ');
  if (error instanceof ZodError) return prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}

/** Why a request failed: fetch says "fetch failed", and the reason in its cause. */
export function wordsOfNetwork(error: unknown): string {
  const causes: string[] = [];
  for (let each = error; each instanceof Error && causes.length < 5; each = each.cause) {
    const inner =
      each instanceof AggregateError ? each.errors.map((one: Error) => one.message).join(', ') : each.message;
    if (inner !== '') causes.push(inner);
  }
  const words = causes.join(': ') || String(error);
  return /certificate/i.test(words) ? `${words} (name the file of the site's CA by NODE_EXTRA_CA_CERTS)` : words;
}
