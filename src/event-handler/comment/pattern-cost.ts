import { maxPatternSteps, sizeOfPattern } from '../../settings/pattern-size.ts';
import { argumentWords } from '../arguments/argument-words.ts';
import { mended } from './parse-command.ts';
import { partsOf } from './parts-of.ts';

/**
 * The most steps of all patterns of a comment. Compiling patterns costs time, and those of `instance:` are compiled before any permission
 * is checked. Fifty different patterns of a hundred steps fit, and take only a moment.
 */
export const maxSteps = 5_000;

/** Which patterns of a command are compiled: all; those of `instance:`; none, so it is not known which instance is meant. */
export type Affordable = 'all' | 'instance only' | 'nothing';

/** How much of each command can be compiled, also as its slips are mended. A pattern costs once, even if several commands have it. */
export function affordable(commands: readonly string[]): readonly Affordable[] {
  const instances = new Budget();
  const others = new Budget();
  return commands.map((command) => {
    const patterns = [command, ...mended(command).map(({ text }) => text)].flatMap(patternsOf);
    const isNamed = instances.affords(patterns.filter(isOfInstance).map(({ pattern }) => pattern));
    const rest = patterns.filter((pattern) => !isOfInstance(pattern)).map(({ pattern }) => pattern);
    if (!isNamed) return 'nothing';
    return others.affords(rest) ? 'all' : 'instance only';
  });
}

/** The words of a command that say which instance is meant. */
export function instanceWordsOf(command: string): readonly string[] {
  return patternsOf(command)
    .filter(isOfInstance)
    .map(({ name, pattern }) => `${name}:${pattern}`);
}

class Budget {
  readonly #paid = new Set<string>();
  #spent = 0;

  affords(patterns: readonly string[]): boolean {
    const fresh = new Set(patterns.filter((pattern) => !this.#paid.has(pattern)));
    for (const pattern of fresh) this.#paid.add(pattern);
    this.#spent += [...fresh].reduce((sum, pattern) => sum + costOf(pattern), 0);
    return this.#spent <= maxSteps;
  }
}

/** A pattern that is too large by itself costs nothing: it is refused, not compiled. */
function costOf(pattern: string): number {
  const size = sizeOfPattern(pattern);
  return size > maxPatternSteps ? 0 : size;
}

interface TypedPattern {
  readonly name: string;
  readonly pattern: string;
}

/** The patterns that the parser finds: `name:pattern`, and `name=pattern` in `on:`. Names in `for:` are not patterns. */
function patternsOf(command: string): readonly TypedPattern[] {
  return argumentWords(command).flatMap((word) => {
    const { name, pattern: text } = partsOf(word);
    if (text === undefined || name === 'for' || name === 'sha') return [];
    if (name !== 'on') return [{ name, pattern: text }];
    return text.split(',').map((item) => {
      const [itemName = '', ...rest] = item.split('=');
      return { name: itemName, pattern: rest.join('=') };
    });
  });
}

const isOfInstance = ({ name }: TypedPattern) => name.length >= 3 && 'instance'.startsWith(name);
