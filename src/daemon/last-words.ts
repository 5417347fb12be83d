import { withoutEscapeSequences } from './without-escape-sequences.ts';

/** Characters; nobody reads more of a failed program. */
const longest = 300;

/** The last line that a program printed and that is not blank; undefined where there is none. */
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
