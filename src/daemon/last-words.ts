import { stripVTControlCharacters } from 'node:util';

/** Characters; more than anybody reads of a program that failed. */
const longest = 300;

/** The last line that a program printed, of those that are not blank; undefined where it printed none. */
export function lastWords(printed: string): string | undefined {
  const line = stripVTControlCharacters(printed)
    .split(/[\r\n]+/)
    .findLast((each) => each.trim() !== '');
  return (
    line &&
    Array.from(line.trim().slice(0, 2 * longest))
      .slice(0, longest)
      .join('')
  );
}
