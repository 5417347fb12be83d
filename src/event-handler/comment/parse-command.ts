import { codeSpan } from '../../messages/escape-markdown.ts';
import { joined, md, ownText } from '../../messages/markdown.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import type { Dialect } from '../../settings/dialects.ts';
import { nearestName } from '../../settings/nearest-name.ts';
import { argumentWords } from '../arguments/argument-words.ts';
import { components, type Filter, type FilterReading, parseFilter } from '../arguments/filter.ts';
import { type BuildFor, maxArchitectures, parseFor, tooManyArchitectures } from '../arguments/parse-for.ts';
import type { ArgumentName, Command, CommandLine } from '../commands/command.ts';
import { type CommandName, commandNamed, commands } from '../commands/commands.ts';
import { deployLabel } from '../commands/deploy-label.ts';
import { partsOf } from './parts-of.ts';

export type ParsedCommand = Parsed<CommandName>;

type Parsed<Name extends string> =
  | CommandLine<Name>
  | {
      readonly kind: 'misunderstood';
      /** One sentence or several. */
      readonly reason: Markdown;
      /** The command that was typed, or that it is spelled like. */
      readonly about?: Name | CommandName;
      /** What was probably meant, as typed after `bot:`. */
      readonly meant?: string;
      /** Those that were understood. Commands for other instances are ignored, well-formed or not (D10a). */
      readonly instanceFilters: readonly Filter[];
    };

const names = commands.map(({ name }) => name);

/** How people mistype arguments, and what is meant. Without a reason the parser's own says it. */
const slips: readonly { readonly mend: (text: string) => string; readonly reason?: Markdown }[] = [
  {
    mend: (text) => text.replaceAll(/\s[A-Za-z]+(?=:\S)/g, (name) => name.toLowerCase()),
    reason: md`The name of an argument stands in small letters.`,
  },
  {
    mend: (text) => text.replaceAll(/([:,])\s+(?=\S)/g, '$1'),
    reason: md`An argument has no blank behind its \`:\` or \`,\`.`,
  },
  {
    mend: (text) => text.replaceAll(/(\s(?:for|on):\S*?),(?=[a-z]{3,}:)/g, '$1 '),
    reason: md`Behind a comma of \`for:\` or \`on:\` stands \`NAME=VALUE\`; before another argument stands a blank.`,
  },
  {
    mend: (text) => text.replaceAll(/(\sfor:\S+)\s+(?=acc[a-z]*=)/g, '$1,'),
    reason: md`The accelerator is a part of \`for:\`: a comma stands before it, no blank.`,
  },
  {
    mend: (text) => text.replaceAll(/(\s[a-z]{3,})=(?=\S)/g, '$1:'),
    reason: md`Behind the name of an argument stands \`:\`, no \`=\`.`,
  },
  { mend: (text) => text.replaceAll(/(\s(?:for|on):)(?=[^\s=,:]+(?:\s|$))/g, '$1arch=') },
  { mend: (text) => text.replaceAll(/(\s(?:for|on):[a-z]{3,}):/g, '$1=') },
  { mend: (text) => text.replaceAll(/(\s)arch[a-z]*:(?=\S)/g, '$1for:arch=') },
];

/** Characters. Nobody types a longer command; what mends a slip may look at a character many times. */
const longestMended = 1_000;

/** What a command may have been meant as, where it has a slip. */
export function mended(text: string): readonly { readonly text: string; readonly reason?: Markdown }[] {
  if (text.length > longestMended) return [];
  return slips.map(({ mend, ...slip }) => ({ text: mend(text), ...slip })).filter((each) => each.text !== text);
}

/** Parses the text after `bot:`. Never throws. */
export function parseCommand(text: string, dialect: Dialect): ParsedCommand {
  const parsed = parse(text, dialect, commandNamed);
  if (parsed.kind === 'command') return parsed;
  for (const { text: meant, reason = parsed.reason } of mended(text)) {
    const reading = parse(meant, dialect, commandNamed);
    if (reading.kind !== 'command') continue;
    const instanceFilters = instanceFiltersOf(reading);
    return { kind: 'misunderstood', reason, about: reading.name, meant: meant.trim(), instanceFilters };
  }
  return parsed;
}

const isOfInstance = ({ component }: Filter) => component === 'instance';

/** The `instance:` filters of a command. */
export function instanceFiltersOf(parsed: ParsedCommand): readonly Filter[] {
  if (parsed.kind === 'misunderstood') return parsed.instanceFilters;
  return [...(parsed.on ?? []), ...parsed.filters].filter(isOfInstance);
}

/** The parts of a command that the parser needs. */
type Known<Name extends string> = Pick<
  Command<Name>,
  'name' | 'takes' | 'takesCommands' | 'instead' | 'words' | 'searches'
>;

/** After a command that takes another, the label `deploy` counts as a command, too. */
const commandOrLabel = (name: string): Known<CommandName | 'deploy'> | undefined =>
  name === deployLabel.name ? deployLabel : commandNamed(name);

function parse<Name extends string>(
  text: string,
  dialect: Dialect,
  named: (name: string) => Known<Name> | undefined,
): Parsed<Name> {
  const [name = '', ...words] = argumentWords(text);
  const calls = words.flatMap((word, index) => (/^bot:/i.test(word) ? [index] : []));
  if (calls.length > 0) {
    const first = parse([name, ...words.slice(0, calls[0])].join(' '), dialect, commandNamed);
    const others = calls.map((at, index) => ['help', ...words.slice(at + 1, calls[index + 1])].join(' '));
    const instances = others.map((other) => instanceFiltersOf(parse(other, dialect, commandNamed)));
    return withFurther(first, instances.find(({ length }) => length > 0) ?? []);
  }
  const command = named(name);
  if (command?.takesCommands?.includes(words[0] ?? ''))
    return withItsCommand(command.name, parse(text.trimStart().slice(name.length), dialect, commandOrLabel));
  const parts = (command === undefined && name.includes(':') ? [name, ...words] : words).map((word) =>
    parseWord(word, command, dialect),
  );
  const problems = [
    ...(command ? problemsOf(command, words, parts) : [unknownCommand(name)]),
    ...problemsOfAll(parts, dialect.hasFor && command?.takes?.includes('for')),
  ];
  const filters = parts.flatMap((part) => part.filter ?? []);
  const on = parts.flatMap((part) => part.on ?? []);
  if (command === undefined || problems.length > 0) {
    const instanceFilters = [...on, ...filters].filter(isOfInstance);
    const about = command?.name ?? commandMeant(name);
    const asMeant = words.map((word, index) => parts[index]?.meant ?? word);
    const meant = [about, ...asMeant].filter((word) => word !== '').join(' ');
    return { kind: 'misunderstood', reason: joined(problems, ' '), ...(about && { about, meant }), instanceFilters };
  }
  const [buildFor, ...alsoFor] = parts.flatMap((part) => part.for ?? []);
  const [sha] = parts.flatMap((part) => part.sha ?? []);
  const lines = parts.flatMap((part) => part.lines ?? []).at(-1);
  const shown = (which: Part['shownAmong']) => parts.flatMap((part) => (part.shownAmong === which ? part.shown : []));
  return {
    kind: 'command',
    name: command.name,
    filters,
    ...(parts.some((part) => part.on) && { on }),
    ...(buildFor && { for: buildFor }),
    ...(alsoFor.length > 0 && { alsoFor }),
    ...(sha !== undefined && { sha }),
    ...(lines !== undefined && { lines }),
    words: parts.flatMap((part) => part.word ?? []),
    expanded: [command.name, ...shown('targets'), ...shown('filters'), ...shown('others')].join(' '),
  };
}

/** A line with a further command behind the first: nothing of it is done. `instances`: what those are for, where the first does not say. */
function withFurther(first: ParsedCommand, instances: readonly Filter[]): Parsed<never> {
  const [own, reason] = [instanceFiltersOf(first), md`It has another \`bot:\` behind it: type one command per line.`];
  const instanceFilters = own.length > 0 ? own : instances;
  if (first.kind === 'misunderstood') return { ...first, reason, instanceFilters };
  return { kind: 'misunderstood', reason, about: first.name, meant: first.expanded, instanceFilters };
}

/** A command that takes another; the latter says which instance is meant. */
function withItsCommand<Name extends string>(name: Name, explains: Parsed<string>): Parsed<Name> {
  if (explains.kind === 'misunderstood') return { ...explains, about: name };
  return { ...explains, name, explains, expanded: `${name} ${explains.expanded}` };
}

function problemsOf({ name, takesCommands }: Known<string>, words: readonly string[], parts: readonly Part[]) {
  if (takesCommands === undefined) {
    const which = md`\`bot: help ${ownText(name === deployLabel.name ? 'explain' : name)}\` lists the arguments.`;
    return [...parts.flatMap((part) => part.problems ?? []), ...(parts.some(({ isStray }) => isStray) ? [which] : [])];
  }
  const there = joined(takesCommands.map(codeSpan), ', ');
  const [first] = words;
  if (first === undefined || first.includes(':'))
    return [md`The first word after ${codeSpan(name)} is the command that it is about: ${there}.`];
  const probable = nearestName(first, takesCommands);
  const hint = probable ? md`did you mean ${codeSpan(probable)}?` : md`there are ${there}.`;
  return [md`${codeSpan(name)} does not take ${codeSpan(first)}; ${hint}`];
}

/** What one word of a command means. */
interface Part {
  readonly filter?: Filter;
  readonly on?: readonly Filter[];
  readonly for?: BuildFor;
  readonly sha?: string;
  readonly lines?: number;
  readonly word?: string;
  readonly problems?: readonly Markdown[];
  /** The word that was probably meant. */
  readonly meant?: string;
  /** It is like no argument at all. */
  readonly isStray?: boolean;
  /** It is a `for:`, well-formed or not. */
  readonly isFor?: boolean;
  /** With full names, for the response. */
  readonly shown?: string;
  readonly shownAmong?: 'targets' | 'filters' | 'others';
}

function parseWord(word: string, command: Known<string> | undefined, dialect: Dialect): Part {
  const known = command?.words?.(dialect, names) ?? [];
  if (known.includes(word)) return { word, shown: word, shownAmong: 'others' };
  const { name, pattern } = partsOf(word);
  if (pattern === undefined) {
    if (command?.name === 'help') return problem(unknownCommand(word), commandMeant(word));
    const isJob = /^\d+$/.test(word) && command?.searches(dialect).includes('jobid');
    const probable = isJob ? `jobid:${word}` : nearestName(word, known);
    // Without filters a command is about all: `cancel all`.
    const meant = word.toLowerCase() === 'all' ? '' : probable;
    const hint = probable ? md` Did you mean ${codeSpan(probable)}?` : md``;
    const text = md`${codeSpan(word)} is no argument; arguments are \`component:pattern\`.${hint}`;
    return { ...problem(text, meant), isStray: probable === undefined };
  }
  // Where it is not taken the instance that it names counts.
  if (dialect.hasFor && name === 'on') return { ...parseOn(pattern), ...whyNotTaken('on', command) };
  if (dialect.hasFor && name === 'for') return whyNotTaken('for', command) ?? partOfFor(pattern);
  if (name === 'sha') return whyNotTaken('sha', command) ?? parseSha(pattern);
  if (name === 'lines') return whyNotTaken('lines', command) ?? parseLines(pattern);
  const reading = parseFilter(name, pattern, word, argumentsOf(command, dialect));
  if (!('filter' in reading)) return problem(reading.problem);
  const { filter } = reading;
  const refusal =
    filter.component === 'exportvariable'
      ? whyNotTaken(name === 'jobargs' ? name : filter.component, command)
      : filter.component === 'submitargs'
        ? whyNotTaken(filter.component, command)
        : undefined;
  return refusal ?? { filter, shown: `${filter.component}:${filter.pattern}`, shownAmong: 'filters' };
}

/** The names of the arguments that a command takes. */
function argumentsOf(command: Known<string> | undefined, dialect: Dialect): readonly string[] {
  if (command === undefined) return components;
  const takes = (command.takes ?? []).filter((name) => dialect.hasFor || !['for', 'on'].includes(name));
  return [...new Set([...command.searches(dialect), ...takes])].filter((name) => name !== 'jobargs').toSorted();
}

/** Why a command does not take an argument: the end of the refusal. */
const instead: Readonly<Record<ArgumentName, Markdown>> = {
  on: md`takes filters such as \`arch:PATTERN\``,
  for: md`takes filters such as \`arch:PATTERN\``,
  sha: md`shows all commits`,
  exportvariable: md`has nothing to export to`,
  jobargs: md`has no job to give arguments to`,
  submitargs: md`submits no job`,
  lines: md`shows no output of a job`,
};

function whyNotTaken(name: ArgumentName, command: Known<string> | undefined): Part | undefined {
  if (command === undefined || command.takes?.includes(name)) return undefined;
  const what = command.instead ?? instead[name];
  const whose = name === 'lines' ? md`\`log\`` : md`\`build\``;
  return problem(md`${codeSpan(`${name}:`)} is for ${whose} only; ${codeSpan(command.name)} ${what}.`);
}

function parseSha(text: string): Part {
  const sha = text.toLowerCase();
  if (/^[0-9a-f]{7,64}$/.test(sha)) return { sha, shown: `sha:${sha}`, shownAmong: 'others' };
  return problem(md`${codeSpan(`sha:${text}`)} names no commit; give at least 7 digits of it, as in \`sha:1a2b3c4\`.`);
}

/** More would not fit into a comment. */
const mostLines = 500;

function parseLines(text: string): Part {
  const lines = Number(text);
  if (/^\d+$/.test(text) && lines >= 1 && lines <= mostLines)
    return { lines, shown: `lines:${lines}`, shownAmong: 'others' };
  const reason = md`${codeSpan(`lines:${text}`)} is no number of lines: give 1 to ${mostLines}, as in \`lines:100\`.`;
  return problem(reason, `lines:${lines > mostLines ? mostLines : 100}`);
}

function parseOn(text: string): Part {
  const readings = text.split(',').map((item): FilterReading => {
    const sign = item.indexOf('=');
    if (sign < 0) {
      return {
        problem: md`The item ${codeSpan(item)} of \`on:\` has no \`=\`; items are \`NAME=PATTERN\`, as in \`arch=zen2\`.`,
      };
    }
    return parseFilter(item.slice(0, sign), item.slice(sign + 1), `on:${item}`);
  });
  const on = readings.flatMap((reading) => ('filter' in reading ? [reading.filter] : []));
  return {
    on,
    shown: `on:${on.map(({ component, pattern }) => `${component}=${pattern}`).join(',')}`,
    shownAmong: 'targets',
    problems: readings.flatMap((reading) => ('problem' in reading ? [reading.problem] : [])),
  };
}

function partOfFor(text: string): Part {
  const reading = parseFor(text);
  if (reading.kind === 'problem') return { problems: [reading.problem], isFor: true };
  const { architectures, accelerator } = reading.value;
  const target = accelerator === undefined ? '' : `,accelerator=${accelerator}`;
  const shown = `for:architecture=${architectures.join('+')}${target}`;
  return { for: reading.value, isFor: true, shown, shownAmong: 'targets' };
}

function problem(text: Markdown, meant?: string): Part {
  return { problems: [text], ...(meant !== undefined && { meant }) };
}

function problemsOfAll(parts: readonly Part[], wantsFor: boolean | undefined): readonly Markdown[] {
  const fors = parts.filter(({ isFor }) => isFor).length;
  const asked = parts.reduce((sum, part) => sum + (part.for?.architectures.length ?? 0), 0);
  const shas = parts.filter(({ sha }) => sha !== undefined).length;
  return [
    ...(shas > 1 ? [md`It has more than one \`sha:\`; a build is of one commit.`] : []),
    ...(wantsFor && fors === 0
      ? [md`It lacks \`for:\`, which says what to build for, as in \`for:arch=x86_64/amd/zen2\`.`]
      : []),
    ...(fors > 1 && asked > maxArchitectures ? [tooManyArchitectures(asked)] : []),
  ];
}

/** Names of other bots' and tools' commands. */
const otherNames: Readonly<Record<string, CommandName>> = {
  ...{ abort: 'cancel', kill: 'cancel', scancel: 'cancel', stop: 'cancel' },
  ...{ redo: 'retry', rerun: 'retry', restart: 'retry' },
  ...{ alive: 'ping', list: 'status', output: 'log', test: 'build', version: 'ping' },
  ...{ config: 'show_config', configs: 'show_config', show: 'show_config' },
};

/** The command that was probably meant by a name that there is not. */
const commandMeant = (name: string): CommandName | undefined =>
  nearestName(name, names) ?? (Object.hasOwn(otherNames, name) ? otherNames[name] : undefined);

function unknownCommand(name: string): Markdown {
  if (name === deployLabel.name || name === 'upload')
    return md`${codeSpan(name)} is no command: the label \`bot:deploy\` deploys; \`bot: explain deploy\` shows what it would upload.`;
  const probable = commandMeant(name);
  const hint = probable ? md`did you mean ${codeSpan(probable)}?` : md`there are ${joined(names.map(codeSpan), ', ')}.`;
  return md`${codeSpan(name)} is no command; ${hint}`;
}
