import { prettifyError, ZodError } from 'zod';

/** The message of anything that was thrown. Of several errors at once: all messages. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join('; ');
  if (error instanceof ZodError) return prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}
