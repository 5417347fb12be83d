import { Refused } from './refused.ts';

/** Whether an option takes a value: `required` also as the next word, `optional` only behind `=`. */
export type OptionTable = Readonly<
  Record<string, { readonly short?: string; readonly value: 'none' | 'required' | 'optional' }>
>;

/** A command, and what it does with a wrong option, beside saying what getopt says. */
export interface Command {
  readonly program: string;
  readonly options: OptionTable;
  /** false: without the line that tells where help is. */
  readonly hint?: false;
  /** 1 where nothing is said. */
  readonly exitCode?: number;
}

export interface ParsedOptions {
  /** Long name -> value, `` for those without. */
  readonly values: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

/** What getopt would complain of; the message is getopt's. */
class UsageError extends Error {}

/** Reads the options of a command, or refuses as it does. */
export function readOptions(words: readonly string[], command: Command): ParsedOptions {
  try {
    return parseOptions(words, command.options);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { program, hint, exitCode } = command;
    const help = hint === false ? '' : `\nTry "${program} --help" for more information`;
    throw new Refused(`${program}: ${error.message}${help}`, exitCode);
  }
}

/** As GNU getopt_long does (long names may be shortened), up to the first other word. */
function parseOptions(words: readonly string[], table: OptionTable): ParsedOptions {
  const values = new Map<string, string>();
  const queue = [...words];
  const take = (name: string, attached: string | undefined, shown: string) => {
    const kind = table[name]?.value;
    if (kind === 'none' && attached !== undefined) throw new UsageError(`option '--${name}' doesn't allow an argument`);
    const value = attached ?? (kind === 'required' ? queue.shift() : '');
    if (value === undefined) throw new UsageError(`option ${shown} requires an argument`);
    values.set(name, value);
  };
  for (let word = queue[0]; word?.startsWith('-') && word !== '-'; word = queue[0]) {
    queue.shift();
    if (word === '--') break;
    if (word.startsWith('--')) {
      const [shown = '', attached] = splitOnce(word.slice(2));
      const name = longName(shown, table);
      take(name, attached, `'--${name}'`);
    } else takeShort(word.slice(1), table, take);
  }
  return { values, rest: queue };
}

function longName(shown: string, table: OptionTable): string {
  const candidates = Object.keys(table).filter((name) => name.startsWith(shown));
  const name = candidates.find((candidate) => candidate === shown) ?? candidates[0];
  if (name === undefined) throw new UsageError(`unrecognized option '--${shown}'`);
  return name;
}

/** `-vQ`, `-pmain`, `-p main`. */
function takeShort(
  letters: string,
  table: OptionTable,
  take: (name: string, attached: string | undefined, shown: string) => void,
) {
  for (let at = 0; at < letters.length; at++) {
    const letter = letters.charAt(at);
    const name = Object.keys(table).find((candidate) => table[candidate]?.short === letter);
    if (name === undefined) throw new UsageError(`invalid option -- '${letter}'`);
    const rest = letters.slice(at + 1);
    if (table[name]?.value === 'none' || rest === '') take(name, undefined, `-- '${letter}'`);
    else {
      take(name, rest, `-- '${letter}'`);
      return;
    }
  }
}

function splitOnce(text: string): [string] | [string, string] {
  const at = text.indexOf('=');
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
