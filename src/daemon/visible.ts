/**
 * Shows as `\u001b` whatever moves a terminal, changes the writing direction or hides text; line ends and tabs too, unless
 * `keepLineEnds`. Half a surrogate pair becomes U+FFFD.
 */
export function visible(text: string, { keepLineEnds = false } = {}): string {
  if (!suspicious.test(text) && (keepLineEnds || !/[\n\t]/.test(text))) return text;
  return text
    .toWellFormed()
    .replaceAll(keepLineEnds ? hiddenButLineEnds : hidden, (character) => `\\u${codeOf(character)}`);
}

// Control characters, other line ends, marks of direction, signs without width. U+200D stays: it joins several emoji into one.
const signs = String.raw`\0-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb`;
// Without the u flag, ten times slower on long text: so it stops at any surrogate.
const suspicious = new RegExp(`[${signs}\\ud800-\\udfff]`);
const tags = String.raw`\u{e0000}-\u{e007f}`;
const hiddenButLineEnds = new RegExp(`[${signs}${tags}]`, 'gu');
const hidden = new RegExp(`[\\t\\n${signs}${tags}]`, 'gu');

function codeOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `{${code}}` : code.padStart(4, '0');
}
