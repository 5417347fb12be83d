import { codeSpan } from '../../messages/escape-markdown.ts';
import { joined, md, ownText } from '../../messages/markdown.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import { compilePattern, readOtherwise, unsupported, whyNotCompiled } from '../../settings/compile-pattern.ts';
import { nearestName } from '../../settings/nearest-name.ts';
import { maxPatternSteps, sizeOfPattern } from '../../settings/pattern-size.ts';
import { withoutQuotes } from './argument-words.ts';

export const components = [
  'accelerator',
  'architecture',
  'exportvariable',
  'instance',
  'jobid',
  'repository',
  'submitargs',
] as const;
export type Component = (typeof components)[number];

/** `component:pattern`, as it is searched. */
export interface Filter {
  readonly component: Component;
  /** Checked; `-` or `=` already made `/` where the component wants it. For exportvariable, `NAME=value`, and submitargs: as typed, with its quotes. */
  readonly pattern: string;
}

/** What filters are searched in; what is absent cannot be searched. */
type Searched = Readonly<Partial<Record<Component, string | undefined>>>;

export type FilterReading = { readonly filter: Filter } | { readonly problem: Markdown };

const maxPatternLength = 200;
/** Of a variable with its value, or of options for sbatch: each is compared with every entry of an allow-list. */
const maxArgumentLength = 1_000;
/** Counted repetitions are written out when a pattern is compiled: many large ones in one comment would keep everybody waiting. */
const maxRepetitions = 50;

/** Arguments of jobs that look like filters: they are text, and searched in nothing. */
const ofJobs: readonly Component[] = ['exportvariable', 'submitargs'];
/** Another name of exportvariable, to be typed in full: what is shorter is jobid. */
const jobargs = 'jobargs';

/** Reads a filter; `typed` is how the user wrote it. */
export function parseFilter(name: string, pattern: string, typed: string): FilterReading {
  if (name === jobargs || (name.length >= 3 && 'submitargs'.startsWith(name))) {
    const quoted = withoutQuotes(pattern);
    if ('problem' in quoted) return { problem: md`${codeSpan(typed)} ${ownText(quoted.problem)}` };
  }
  if (name === jobargs) return parseFilter('exportvariable', pattern, typed);
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
  if (name.startsWith('joba') && jobargs.startsWith(name)) {
    return { problem: md`${codeSpan(name)} is too short: type all of ${codeSpan(jobargs)}.` };
  }
  const probable = nearestName(name, [...among, ...among.map((each) => each.slice(0, 4))]);
  const meant = probable && among.find((each) => each.startsWith(probable));
  const hint = meant ? md`did you mean ${codeSpan(meant)}?` : md`there are ${listed(among, 'and')}.`;
  return { problem: md`${codeSpan(name)} is no component; ${hint}` };
}

function problemOf(component: Component, pattern: string, typed: string): Markdown | undefined {
  const isOfJobs = ofJobs.includes(component);
  if (pattern === '') {
    const give = isOfJobs ? md`has nothing behind its colon` : md`has an empty pattern; give something to search for`;
    return md`${codeSpan(typed)} ${give}.`;
  }
  const longest = isOfJobs ? maxArgumentLength : maxPatternLength;
  if (pattern.length > longest) {
    return md`The pattern of ${codeSpan(`${component}:`)} has ${pattern.length} characters; ${longest} are allowed.`;
  }
  if (isOfJobs) return undefined;
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
  if (otherwise !== undefined) return md`${codeSpan(typed)} ${ownText(otherwise)}`;
  const why = whyNotCompiled(normalise(component, pattern));
  if (why === undefined) return undefined;
  const without = unsupported(pattern);
  return md`${codeSpan(typed)} is no valid regular expression: ${without === undefined ? md`${codeSpan(why)}.` : ownText(without)}`;
}

/** Colons behind the first are of the pattern, unless another filter seems to begin there: a pattern like that is searched in vain, without a word. */
function nextFilter(pattern: string): string | undefined {
  const [, next, name = ''] = /(?:^|[,;&])(([a-z]{3,}):.*)$/s.exec(pattern) ?? [];
  return [...components, jobargs].some((each) => each.startsWith(name)) ? next : undefined;
}

const countOf = ([, least, most]: RegExpMatchArray) => Math.max(Number(least), Number(most ?? 0));

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
  const patterns = filters.filter(({ component }) => !ofJobs.includes(component));
  const compiled = patterns.map(({ component, pattern }) => ({
    component,
    pattern,
    compiled: compilePattern(pattern),
  }));
  return (searched) => {
    if (filters.length === 0) return true;
    const answers = compiled.flatMap((filter) => {
      const value = searched[filter.component];
      if (value === undefined) return [];
      const text = normalise(filter.component, value);
      return [text.includes(filter.pattern) || filter.compiled.matcher(text).find() || isOneOf(filter, text)];
    });
    return (others || answers.length > 0) && answers.every(Boolean);
  };
}

/** `A+B` names several, as whole names: a pattern would repeat the end of A, and find neither. */
function isOneOf({ component, pattern }: Filter, text: string): boolean {
  return (
    ['architecture', 'repository'].includes(component) && pattern.includes('+') && pattern.split('+').includes(text)
  );
}

function listed(names: readonly string[], word: 'and' | 'or'): Markdown {
  const shown = names.map(codeSpan);
  const last = shown.at(-1);
  if (last === undefined || shown.length < 2) return joined(shown, '');
  return joined([joined(shown.slice(0, -1), ', '), last], ` ${word} `);
}
