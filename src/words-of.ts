import { prettifyError, ZodError } from 'zod';

/** What went wrong, in the words of whoever threw it; anything may be thrown. Of several errors at once: those of each. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join('; ');
  if (error instanceof ZodError) return prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}
