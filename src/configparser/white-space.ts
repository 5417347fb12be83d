/** What Python counts as white space; JavaScript's own set differs at both ends (U+001C to U+001F, U+0085, U+FEFF). */
export const whiteSpace = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const atStart = new RegExp(`^[${whiteSpace}]+`);
const atEnd = new RegExp(`[${whiteSpace}]+$`);

/** Python's `str.strip()`. */
export function strip(text: string): string {
  return stripEnd(text.replace(atStart, ''));
}

/** Python's `str.rstrip()`. */
export function stripEnd(text: string): string {
  return text.replace(atEnd, '');
}

/** How many characters of white space a line begins with. */
export function indentOf(line: string): number {
  return atStart.exec(line)?.[0].length ?? 0;
}
