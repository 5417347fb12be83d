/** What Python counts as white space; JavaScript's own set differs at both ends (U+001C to U+001F, U+0085, U+FEFF). */
const characters = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const white = new RegExp(`[${characters}]`);

// By index: a regular expression such as `[…]+$` takes quadratic time for a long run of blanks within a line.

/** Python's `str.strip()`. */
export function strip(text: string): string {
  return stripEnd(stripStart(text));
}

/** Python's `str.lstrip()`. */
export function stripStart(text: string): string {
  return text.slice(indentOf(text));
}

/** Python's `str.rstrip()`. */
export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && white.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** The number of white-space characters at the start of a line. */
export function indentOf(line: string): number {
  let indent = 0;
  while (indent < line.length && white.test(line.charAt(indent))) indent += 1;
  return indent;
}
