import { RE2JS } from 're2js';

const compiledBefore = new Map<string, RE2JS>();
const compiledKept = 1_000;

/** A regular expression that is searched in linear time. Compiling takes the time, and mostly the same ones come again. */
export function compilePattern(pattern: string): RE2JS {
  const before = compiledBefore.get(pattern);
  if (before !== undefined) return before;
  const compiled = RE2JS.compile(pattern);
  if (compiledBefore.size >= compiledKept) compiledBefore.clear();
  compiledBefore.set(pattern, compiled);
  return compiled;
}

/** What is wrong with a pattern, in words of the engine, which may quote it; undefined where it can be searched. */
export function whyNotCompiled(pattern: string): string | undefined {
  try {
    compilePattern(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error
      ? error.message.replace(/^error parsing regexp: /, '').replaceAll('`', '')
      : String(error);
  }
}

/** What Python's expressions have and those in linear time cannot have. */
export function unsupported(pattern: string): string | undefined {
  if (/\(\?<?[=!]/.test(pattern)) return 'look-around such as `(?=…)` is not supported; use several filters instead.';
  if (/\\[1-9]|\(\?P=/.test(pattern)) return 'back-references such as `\\1` are not supported.';
  if (/\\Z/.test(pattern)) return '`\\Z` is not supported; type `$`.';
  if (/[*+?}]\+|\(\?>/.test(pattern))
    return 'what gives nothing back, such as `a++` or `(?>a)`, is not supported; type `a+`.';
  return undefined;
}

const escapeOrSet = /\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]/gs;

/** What this engine and Python's both take, and take for different things: one of several bots on a pull request would build, the other not. */
export function readOtherwise(pattern: string): string | undefined {
  const [, most] = /\{,(\d*)\}/.exec(pattern.replaceAll(escapeOrSet, 'x')) ?? [];
  if (most !== undefined) {
    const meant = most === '' ? '*' : `{0,${most}}`;
    return `has \`{,${most}}\`, which is a repetition to some and plain text to others: type \`${meant}\`, or \`\\{,${most}}\` for the text.`;
  }
  const [named] = (pattern.match(escapeOrSet) ?? []).flatMap((set) => /^\[.*(\[:\^?\w+:\])/s.exec(set)?.[1] ?? []);
  if (named === undefined) return undefined;
  return `has \`${named}\`, which is a set to some and single characters to others: type a set such as \`[0-9]\` or \`[a-z]\`.`;
}
