const [esc, introducer, bell] = ['\x1b', '\x9b', '\x07'];
// ECMA-48. Titles and links, up to their end, come before what only begins as they do.
const texts = `${esc}[\\]PX^_][^${bell}${esc}\\n]*(?:${bell}|${esc}\\\\)`;
const controls = `(?:${esc}\\[|${introducer})[0-?]*[ -\\/]*[@-~]`;
const others = `${esc}[ -\\/]*[0-~]?|${introducer}`;
const sequence = new RegExp(`${texts}|${controls}|${others}`, 'g');

/**
 * A program's output without colours, titles and cursor movements, in linear time: `stripVTControlCharacters` takes hours for a megabyte of
 * unfinished sequences.
 */
export function withoutEscapeSequences(printed: string): string {
  return printed.replaceAll(sequence, '');
}
