/**
 * A text in which nothing moves a terminal, turns the direction of writing or hides: such characters are shown as `\u001b`. Line ends and
 * tabs are shown too, unless `keepLineEnds`; half a character becomes the sign for one that cannot be read.
 */
export function visible(text: string, { keepLineEnds = false } = {}): string {
  if (!suspicious.test(text) && (keepLineEnds || !/[\n\t]/.test(text))) return text;
  return text
    .toWellFormed()
    .replaceAll(keepLineEnds ? hiddenButLineEnds : hidden, (character) => `\\u${codeOf(character)}`);
}

// Control characters, other line ends, marks and overrides of direction, signs without width. A joiner makes one emoji of several.
const signs = String.raw`\0-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb`;
// Without the u flag, with which a long text takes ten times as long: any character of two halves is looked at.
const suspicious = new RegExp(`[${signs}\\ud800-\\udfff]`);
const tags = String.raw`\u{e0000}-\u{e007f}`;
const hiddenButLineEnds = new RegExp(`[${signs}${tags}]`, 'gu');
const hidden = new RegExp(`[\\t\\n${signs}${tags}]`, 'gu');

function codeOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `{${code}}` : code.padStart(4, '0');
}
