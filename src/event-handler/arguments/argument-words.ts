/** The beginning of an argument that may be quoted. In other arguments quotes and backslashes are part of the pattern. */
const beginning = /["']?(?:jobargs|sub[a-z]*|exp[a-z]*):/y;
/** One word of a POSIX shell. */
const quotedWord = /(?:[^\s"'\\]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*')+(?!\S)/y;
const plainWord = /\S+/y;
const blanks = /\s*/y;
/** A longer word is refused anyway. The limit keeps an unclosed quote from being followed to the end of the comment. */
const longestQuoted = 1_200;

/**
 * Splits a command into words at blanks, except inside quotes of an argument for jobs: `jobargs:EB_ARGS="--from-pr 345"`. An unclosed quote
 * is an ordinary character.
 */
export function argumentWords(command: string): readonly string[] {
  const words: string[] = [];
  for (let at = 0; ; ) {
    at += matchAt(blanks, command, at)?.length ?? 0;
    const quoted = matchAt(beginning, command, at) && matchAt(quotedWord, command.slice(at, at + longestQuoted), 0);
    const isWhole = quoted !== undefined && quoted.length < longestQuoted;
    const word = isWhole ? quoted : matchAt(plainWord, command, at);
    if (word === undefined) return words;
    words.push(isWhole ? word.replace(/^(["'])([a-z]+:)/, '$2$1') : word);
    at += word.length;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

const piece = /[^"'\\]+|\\(?<escaped>[\s\S])|"(?<double>(?:[^"\\]|\\[\s\S])*)"|'(?<single>[^']*)'|(?<odd>[\s\S])/g;

/** A word as a POSIX shell would read it, but variables are not expanded. `problem`: the end of a sentence. */
export function withoutQuotes(word: string): { readonly text: string } | { readonly problem: string } {
  let text = '';
  for (const { 0: whole, groups = {} } of word.matchAll(piece)) {
    const { escaped, double, single, odd } = groups;
    if (odd === '\\') return { problem: 'ends in a backslash; leave that out.' };
    if (odd !== undefined)
      return { problem: `has a \`${odd}\` without its partner; type one at each end of what belongs together.` };
    text += escaped ?? double?.replaceAll(/\\(["\\])/g, '$1') ?? single ?? whole;
  }
  return { text };
}
