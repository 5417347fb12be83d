import { withoutEscapeSequences } from './without-escape-sequences.ts';

/** In characters: nobody reads more of a failed program's output. */
const longest = 300;

/** The last non-blank line that a program printed; undefined if there is none. */
export function lastWords(printed: string): string | undefined {
  const line = withoutEscapeSequences(printed)
    .split(/[\r\n]+/)
    .findLast((each) => each.trim() !== '');
  return (
    line &&
    Array.from(line.trim().slice(0, 2 * longest))
      .slice(0, longest)
      .join('')
  );
}
