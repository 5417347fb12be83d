import { z } from 'zod';
import { codeSpan } from '../../messages/escape-markdown.ts';
import { joined, md, ownText } from '../../messages/markdown.ts';
import { list, word } from '../../outside/files/shapes.ts';
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

/** A filter, `component:pattern`. */
export interface Filter {
  readonly component: Component;
  /** Checked and normalised, see {@link normalise}. For exportvariable (`NAME=value`) and submitargs: as typed, with quotes. */
  readonly pattern: string;
}

/** What plans keep of filters. */
export const filtersShape = list(z.object({ component: z.enum(components), pattern: word }));

/** The patterns of one component. */
export const patternsOf = (filters: readonly Filter[], component: Component): readonly string[] =>
  filters.flatMap((each) => (each.component === component ? [each.pattern] : []));

/** What `jobid:` names, for commands that take it as numbers: without zeros in front, as Slurm has them. */
export const jobsNamed = (filters: readonly Filter[]): readonly string[] =>
  patternsOf(filters, 'jobid').map((id) => id.replace(/^0+(?=\d+$)/, ''));

/** Whether a filter is of that component. */
export const hasFilter = (filters: readonly Filter[], component: Component): boolean =>
  filters.some((each) => each.component === component);

/** What filters are searched in, of one target or job. An absent component cannot be searched. */
export type Searchable = Readonly<Partial<Record<Component, string | undefined>>>;

export type FilterReading = { readonly filter: Filter } | { readonly problem: Markdown };

const maxPatternLength = 200;
/** The longest `jobargs:` or `submitargs:`: each is compared with every entry of an allow-list. */
const maxArgumentLength = 1_000;
/** Compiling writes counted repetitions out: many large ones would block the event handler. */
const maxRepetitions = 50;

/** Arguments for jobs. They look like filters but search nothing. */
const ofJobs: readonly Component[] = ['exportvariable', 'submitargs'];
/** Another name of exportvariable. It has to be typed in full: `job` means `jobid`. */
const jobargs = 'jobargs';

/** Reads a filter; `typed` is how the user wrote it, `there` which arguments could stand there. */
export function parseFilter(
  name: string,
  pattern: string,
  typed: string,
  there: readonly string[] = components,
): FilterReading {
  if (name === jobargs || (name.length >= 3 && 'submitargs'.startsWith(name))) {
    const quoted = withoutQuotes(pattern);
    if ('problem' in quoted) return { problem: md`${codeSpan(typed)} ${ownText(quoted.problem)}` };
  }
  if (name === jobargs) return parseFilter('exportvariable', pattern, typed);
  const component = parseComponent(name, components, there);
  if ('problem' in component) return component;
  const problem = problemOf(component.component, pattern, typed);
  if (problem !== undefined) return { problem };
  return { filter: { component: component.component, pattern: normalise(component.component, pattern) } };
}

/** The component that a name abbreviates; at least 3 letters. `there`: what is named where it is none. */
export function parseComponent<T extends Component>(
  name: string,
  among: readonly T[],
  there: readonly string[] = among,
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
  const probable = nearestName(name, [...there, ...there.map((each) => each.slice(0, 4))]);
  const meant = probable && there.find((each) => each.startsWith(probable));
  const hint = meant ? md`did you mean ${codeSpan(meant)}?` : md`there are ${listed(there, 'and')}.`;
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

/** A second filter in the same word, as in `arch:zen2,repo:x`: taken for a pattern, it would silently match nothing. Other colons belong to the pattern. */
function nextFilter(pattern: string): string | undefined {
  const [, next, name = ''] = /(?:^|[,;&])(([a-z]{3,}):.*)$/s.exec(pattern) ?? [];
  return [...components, jobargs].some((each) => each.startsWith(name)) ? next : undefined;
}

const countOf = ([, least, most]: RegExpMatchArray) => Math.max(Number(least), Number(most ?? 0));

/** In patterns and values, `-` counts as `/` in architectures, `=` as `/` in accelerators. */
function normalise(component: Component, text: string): string {
  if (component === 'architecture') return text.replaceAll('-', '/');
  if (component === 'accelerator') return text.replaceAll('=', '/');
  return text;
}

/**
 * Whether all filters match. A pattern also matches literally, as `nvidia/cc70+nvidia/cc80` does. A filter on an absent field is ignored if
 * there are others; if no filter has a field to search, nothing matches. `others`: there are other conditions, such as the items of `for:`.
 */
export function matcherOf(filters: readonly Filter[], others = false): (searched: Searchable) => boolean {
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

/** `A+B` means A or B, as whole names. As a regular expression it would mean something else. */
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
