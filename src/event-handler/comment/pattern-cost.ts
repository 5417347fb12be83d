import { maxPatternSteps, sizeOfPattern } from '../../settings/pattern-size.ts';
import { wordsOf } from '../commands/argument-words.ts';
import { partsOf } from './parts-of.ts';

/**
 * Compiling patterns is what costs time, and those of `instance:` are compiled before anybody's permission is asked. Fifty different
 * ones of a hundred steps have room, and no more than a moment is needed.
 */
export const maxSteps = 5_000;

/** What is still compiled of a command: all of it; the patterns of `instance:`; nothing, so nobody knows whom it is for. */
export type Affordable = 'all' | 'instance only' | 'nothing';

/** How much of each command of a comment can be compiled. A pattern costs once, however many commands have it. */
export function affordable(commands: readonly string[]): readonly Affordable[] {
  const instances = new Budget();
  const others = new Budget();
  return commands.map((command) => {
    const patterns = patternsOf(command);
    const isNamed = instances.affords(patterns.filter(isOfInstance).map(({ pattern }) => pattern));
    const rest = patterns.filter((pattern) => !isOfInstance(pattern)).map(({ pattern }) => pattern);
    if (!isNamed) return 'nothing';
    return others.affords(rest) ? 'all' : 'instance only';
  });
}

/** The words of a command that say whom it is for. */
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

/** One that is refused by itself is not compiled. */
function costOf(pattern: string): number {
  const size = sizeOfPattern(pattern);
  return size > maxPatternSteps ? 0 : size;
}

interface TypedPattern {
  readonly name: string;
  readonly pattern: string;
}

/** `name:pattern`, and `name=pattern` in `on:`, as the parser reads them; names of `for:` are no patterns. */
function patternsOf(command: string): readonly TypedPattern[] {
  return wordsOf(command).flatMap((word) => {
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
