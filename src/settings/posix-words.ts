import { isSecret } from '../outside/processes/child-environment.ts';
import type { ProgramCall } from '../outside/processes/program-call.ts';
import type { Environment } from './environment.ts';

/** A part of a word, as it is written. */
type Part = { readonly quoted: boolean } & ({ readonly text: string } | { readonly variable: string });
type Lexed = { readonly words: readonly (readonly Part[])[] } | { readonly problem: string };

/** Splits a text into words as a POSIX shell would, variables expanded; nothing is run, nothing globbed. */
export function splitWords(
  text: string,
  environment: Environment,
): { readonly words: readonly string[] } | { readonly problem: string } {
  const lexed = lex(text);
  if ('problem' in lexed) return lexed;
  return { words: lexed.words.flatMap((word) => expand(word, environment)) };
}

/** Reads a command line: leading `NAME=value` words go into the child's environment. */
export function parseProgramCall(
  text: string,
  environment: Environment,
): { readonly command: ProgramCall } | { readonly problem: string } {
  const lexed = lex(text);
  if ('problem' in lexed) return lexed;
  const count = lexed.words.findIndex((word) => assigned(word) === undefined);
  const assignments = count === -1 ? lexed.words : lexed.words.slice(0, count);
  const [program, ...rest] = lexed.words.slice(assignments.length).flatMap((word) => expand(word, environment));
  if (!program) return { problem: 'names no program; write its full path' };
  return {
    command: {
      environment: Object.fromEntries(assignments.flatMap((word) => assigned(word, environment) ?? [])),
      program,
      arguments: rest,
    },
  };
}

// One alternative per token outside quotes. `joined`: a backslash that removes the line end after it; `syntax`: only a shell could run it.
const token = new RegExp(
  [
    /(?<joined>\\\n)/,
    /(?<blank>[ \t\r\n]+)/,
    /\\(?<escaped>[\s\S])/,
    /'(?<single>[^']*)'/,
    /"(?<double>(?:[^"\\]|\\[\s\S])*)"/,
    /\$\{(?<braced>[A-Za-z_]\w*)\}/,
    /\$(?<named>[A-Za-z_]\w*)/,
    /(?<syntax>\$[({\w@*#?$!-]|[`;|&<>'"\\])/,
    /(?<plain>\$|[^ \t\r\n\\'"$`;|&<>]+)/,
  ]
    .map((part) => part.source)
    .join('|'),
  'gy',
);

const doubleToken =
  /(?<joined>\\\n)|\\(?<escaped>[$`"\\])|\$\{(?<braced>[A-Za-z_]\w*)\}|\$(?<named>[A-Za-z_]\w*)|(?<syntax>\$[({\w@*#?$!-]|`)|(?<plain>[\s\S])/gy;

function lex(text: string): Lexed {
  const words: Part[][] = [];
  let word: Part[] | undefined;
  for (const { groups = {} } of text.matchAll(token)) {
    if (groups['syntax'] !== undefined) return { problem: whyRefused(groups['syntax']) };
    if (groups['joined'] !== undefined) continue;
    if (groups['blank'] !== undefined) {
      word = undefined;
      continue;
    }
    if (word === undefined && groups['plain']?.startsWith('#')) {
      const problem =
        "has a `#` that begins a comment for a shell, and for nobody here; put the comment into a line of its own, or write `'#'` if it is part of a word";
      return { problem };
    }
    const inside = groups['double'] === undefined ? [partOf(groups)] : lexDouble(groups['double']);
    if ('problem' in inside) return inside;
    if (word === undefined) {
      word = [];
      words.push(word);
    }
    word.push(...inside);
  }
  return { words };
}

function partOf(groups: Readonly<Record<string, string | undefined>>): Part {
  const variable = groups['braced'] ?? groups['named'];
  if (variable !== undefined) return { quoted: false, variable };
  if (groups['plain'] !== undefined) return { quoted: false, text: groups['plain'] };
  return { quoted: true, text: groups['escaped'] ?? groups['single'] ?? '' };
}

function lexDouble(inside: string): Part[] | { readonly problem: string } {
  // Never without a part: `""` is a word.
  const parts: Part[] = [{ quoted: true, text: '' }];
  for (const { groups = {} } of inside.matchAll(doubleToken)) {
    if (groups['syntax'] !== undefined) return { problem: whyRefused(groups['syntax']) };
    const variable = groups['braced'] ?? groups['named'];
    if (variable !== undefined) parts.push({ quoted: true, variable });
    else if (groups['joined'] === undefined)
      parts.push({ quoted: true, text: groups['escaped'] ?? groups['plain'] ?? '' });
  }
  return parts;
}

function whyRefused(syntax: string): string {
  if (syntax === "'" || syntax === '"')
    return `has a \`${syntax}\` without its partner; write \`\\${syntax}\` if it is part of a word`;
  if (syntax === '\\') return 'ends in a backslash; remove it, or double it if it is part of the word';
  if (syntax.startsWith('$') && syntax !== '$(') {
    return `has \`${syntax}\`, of which only a shell knows the value; write \`$NAME\` or \`\${NAME}\`, or \`'${syntax}'\` if it is meant as it stands`;
  }
  return `has a \`${syntax}\`, which only a shell could carry out, and no shell reads this; write \`'${syntax}'\` if it is part of a word, else put the command line into a script and name the script here`;
}

function expandVariable(name: string, environment: Environment): string {
  // Own properties only: `$__proto__` is no variable.
  return isSecret(name) || !Object.hasOwn(environment, name) ? '' : (environment[name] ?? '');
}

/** An unquoted empty variable gives no word, an unquoted one with blanks several. */
function expand(word: readonly Part[], environment: Environment): string[] {
  const words: string[] = [];
  let current: string | undefined;
  for (const part of withHome(word, environment)) {
    if ('text' in part || part.quoted) {
      current = (current ?? '') + ('text' in part ? part.text : expandVariable(part.variable, environment));
      continue;
    }
    for (const piece of expandVariable(part.variable, environment).split(/([ \t\n]+)/)) {
      if (/^[ \t\n]/.test(piece)) {
        if (current !== undefined) words.push(current);
        current = undefined;
      } else if (piece !== '') {
        current = (current ?? '') + piece;
      }
    }
  }
  if (current !== undefined) words.push(current);
  return words;
}

/** A leading unquoted `~` or `~/…` is the home directory; `~user` stays as it is. */
function withHome(word: readonly Part[], environment: Environment): readonly Part[] {
  const [first, ...rest] = word;
  if (first === undefined || first.quoted || !('text' in first)) return word;
  const alone = first.text === '~' && rest.length === 0;
  if ((!alone && !first.text.startsWith('~/')) || environment['HOME'] === undefined) return word;
  return [{ quoted: true, text: environment['HOME'] + first.text.slice(1) }, ...rest];
}

/** `NAME=value`, with the value expanded but not split, as in a shell; undefined for any other word. */
function assigned(word: readonly Part[], environment: Environment = {}): [[string, string]] | undefined {
  const [first, ...rest] = word;
  if (first === undefined || first.quoted || !('text' in first)) return undefined;
  const [, name, start] = /^([A-Za-z_]\w*)=(.*)$/s.exec(first.text) ?? [];
  if (name === undefined || start === undefined) return undefined;
  const parts = withHome([{ quoted: false, text: start }, ...rest], environment);
  return [
    [name, parts.map((part) => ('text' in part ? part.text : expandVariable(part.variable, environment))).join('')],
  ];
}
