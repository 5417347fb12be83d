import { RE2JS } from 're2js';
import { codeSpan } from '../../messages/escape-markdown.ts';
import { joined, md } from '../../messages/markdown.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import { nearestName } from '../../settings/nearest-name.ts';
import { sizeOfPattern } from './pattern-size.ts';

export const components = ['accelerator', 'architecture', 'exportvariable', 'instance', 'jobid', 'repository'] as const;
export type Component = (typeof components)[number];

/** `component:pattern`, as it is searched. */
export interface Filter {
  readonly component: Component;
  /** Checked; `-` or `=` already made `/` where the component wants it. For exportvariable: `NAME=value`. */
  readonly pattern: string;
}

/** What filters are searched in; what is absent cannot be searched. */
type Searched = Readonly<Partial<Record<Component, string | undefined>>>;

export type FilterReading = { readonly filter: Filter } | { readonly problem: Markdown };

const maxPatternLength = 200;
/** Counted repetitions are written out when a pattern is compiled: many large ones in one comment would keep everybody waiting. */
const maxRepetitions = 50;
/** The same where repetitions stand within repetitions, or many behind each other. */
export const maxPatternSteps = 300;

/** Reads a filter; `typed` is how the user wrote it. */
export function parseFilter(name: string, pattern: string, typed: string): FilterReading {
  const component = parseComponent(name, components);
  if ('problem' in component) return component;
  const problem = problemOf(component.component, pattern, typed);
  if (problem !== undefined) return { problem };
  return { filter: { component: component.component, pattern: normalise(component.component, pattern) } };
}

/** The component of which a name is a prefix of at least 3 letters. */
export function parseComponent<T extends Component>(
  name: string,
  among: readonly T[],
): { readonly component: T } | { readonly problem: Markdown } {
  const component = name.length < 3 ? undefined : among.find((each) => each.startsWith(name));
  if (component !== undefined) return { component };
  const longer = name.length === 0 ? [] : among.filter((each) => each.startsWith(name));
  if (longer.length > 0) {
    return {
      problem: md`${codeSpan(name)} is too short: type at least 3 letters of ${listed(longer, 'or')}.`,
    };
  }
  const probable = nearestName(name, [...among, ...among.map((each) => each.slice(0, 4))]);
  const meant = probable && among.find((each) => each.startsWith(probable));
  const hint = meant ? md`did you mean ${codeSpan(meant)}?` : md`there are ${listed(among, 'and')}.`;
  return { problem: md`${codeSpan(name)} is no component; ${hint}` };
}

function problemOf(component: Component, pattern: string, typed: string): Markdown | undefined {
  if (pattern === '') return md`${codeSpan(typed)} has an empty pattern; give something to search for.`;
  if (pattern.length > maxPatternLength) {
    return md`The pattern of ${codeSpan(`${component}:`)} has ${pattern.length} characters; ${maxPatternLength} are allowed.`;
  }
  if (component === 'exportvariable') return undefined;
  const next = nextFilter(pattern);
  if (next !== undefined) {
    return md`${codeSpan(typed)} has two filters in one word; put a blank before ${codeSpan(next)}.`;
  }
  const repetitions = Math.max(...Array.from(pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g), countOf), 0);
  if (repetitions > maxRepetitions) {
    return md`${codeSpan(typed)} repeats something ${repetitions} times; ${maxRepetitions} are allowed.`;
  }
  const steps = sizeOfPattern(pattern);
  if (steps > maxPatternSteps) {
    return md`${codeSpan(typed)} has ${steps} steps when its repetitions are written out; ${maxPatternSteps} are allowed. Type \`+\` or \`*\` in place of numbers.`;
  }
  const otherwise = readOtherwise(pattern);
  if (otherwise !== undefined) return md`${codeSpan(typed)} ${otherwise}`;
  const why = whyNotCompiled(normalise(component, pattern));
  if (why === undefined) return undefined;
  return md`${codeSpan(typed)} is no valid regular expression: ${unsupported(pattern) ?? md`${codeSpan(why)}.`}`;
}

/** Colons behind the first are of the pattern, unless another filter seems to begin there: a pattern like that is searched in vain, without a word. */
function nextFilter(pattern: string): string | undefined {
  const [, next, name = ''] = /(?:^|[,;&])(([a-z]{3,}):.*)$/s.exec(pattern) ?? [];
  return components.some((each) => each.startsWith(name)) ? next : undefined;
}

const countOf = ([, least, most]: RegExpMatchArray) => Math.max(Number(least), Number(most ?? 0));

const escapeOrSet = /\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]/gs;

/** What this engine and Python's both take, and take for different things: one of several bots on a pull request would build, the other not. */
function readOtherwise(pattern: string): Markdown | undefined {
  const [, most] = /\{,(\d*)\}/.exec(pattern.replaceAll(escapeOrSet, 'x')) ?? [];
  if (most !== undefined) {
    const meant = most === '' ? '*' : `{0,${most}}`;
    return md`has ${codeSpan(`{,${most}}`)}, which is a repetition to some and plain text to others: type ${codeSpan(meant)}, or ${codeSpan(`\\{,${most}}`)} for the text.`;
  }
  const [named] = (pattern.match(escapeOrSet) ?? []).flatMap((set) => /^\[.*(\[:\^?\w+:\])/s.exec(set)?.[1] ?? []);
  if (named === undefined) return undefined;
  return md`has ${codeSpan(named)}, which is a set to some and single characters to others: type a set such as \`[0-9]\` or \`[a-z]\`.`;
}

function whyNotCompiled(pattern: string): string | undefined {
  try {
    compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error
      ? error.message.replace(/^error parsing regexp: /, '').replaceAll('`', '')
      : String(error);
  }
}

const compiledBefore = new Map<string, RE2JS>();
const compiledKept = 1_000;

/** Compiling takes the time, and the commands of a comment mostly have the same patterns. Throws where it is no expression. */
export function compile(pattern: string): RE2JS {
  const before = compiledBefore.get(pattern);
  if (before !== undefined) return before;
  const compiled = RE2JS.compile(pattern);
  if (compiledBefore.size >= compiledKept) compiledBefore.clear();
  compiledBefore.set(pattern, compiled);
  return compiled;
}

/** What Python's expressions have and those in linear time cannot have. */
function unsupported(pattern: string): Markdown | undefined {
  if (/\(\?<?[=!]/.test(pattern))
    return md`look-around such as \`(?=…)\` is not supported; use several filters instead.`;
  if (/\\[1-9]|\(\?P=/.test(pattern)) return md`back-references such as \`\\1\` are not supported.`;
  if (/\\Z/.test(pattern)) return md`\`\\Z\` is not supported; type \`$\`.`;
  if (/[*+?}]\+|\(\?>/.test(pattern))
    return md`what gives nothing back, such as \`a++\` or \`(?>a)\`, is not supported; type \`a+\`.`;
  return undefined;
}

/** `-` is `/` in architectures, `=` is `/` in accelerators, in patterns and in values. */
function normalise(component: Component, text: string): string {
  if (component === 'architecture') return text.replaceAll('-', '/');
  if (component === 'accelerator') return text.replaceAll('=', '/');
  return text;
}

/**
 * Do all filters match? A pattern that stands in a text as it is, such as `nvidia/cc70+nvidia/cc80`, is found there too. One with nothing to search in is skipped beside others; where there are no others, nothing
 * matches. `others`: there are others, such as the items of `for:`.
 */
export function matcherOf(filters: readonly Filter[], others = false): (searched: Searched) => boolean {
  // What is exported is text and no pattern: it is searched in nothing.
  const patterns = filters.filter(({ component }) => component !== 'exportvariable');
  const compiled = patterns.map(({ component, pattern }) => ({ component, pattern, compiled: compile(pattern) }));
  return (searched) => {
    if (filters.length === 0) return true;
    const answers = compiled.flatMap((filter) => {
      const value = searched[filter.component];
      if (value === undefined) return [];
      const text = normalise(filter.component, value);
      return [text.includes(filter.pattern) || filter.compiled.matcher(text).find()];
    });
    return (others || answers.length > 0) && answers.every(Boolean);
  };
}

function listed(names: readonly string[], word: 'and' | 'or'): Markdown {
  const shown = names.map(codeSpan);
  const last = shown.at(-1);
  if (last === undefined || shown.length < 2) return joined(shown, '');
  return joined([joined(shown.slice(0, -1), ', '), last], ` ${word} `);
}
