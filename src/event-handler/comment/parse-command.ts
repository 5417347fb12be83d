import { codeSpan } from '../../messages/escape-markdown.ts';
import { joined, md } from '../../messages/markdown.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import type { Dialect } from '../../settings/dialects.ts';
import { nearestName } from '../../settings/nearest-name.ts';
import { type Filter, type FilterReading, parseFilter } from '../commands/filter.ts';
import { type BuildFor, parseFor } from '../commands/parse-for.ts';
export const commandNames = ['help', 'build', 'show_config', 'status'] as const;
export type CommandName = (typeof commandNames)[number];

export interface Command {
  readonly kind: 'command';
  readonly name: CommandName;
  /** All but those of `on:`. */
  readonly filters: readonly Filter[];
  /** Items of `on:`: where to build; absent: where A and B of `for:` are. Generation 9. */
  readonly on?: readonly Filter[];
  /** Generation 9; there for every build. */
  readonly for?: BuildFor;
  /** `sha:` of a build: what the commit has to begin with; hexadecimal digits in lower case. */
  readonly sha?: string;
  readonly lastBuild: boolean;
  /** With full names: what the response shows. The same command where it is typed. */
  readonly expanded: string;
}

export type ParsedCommand =
  | Command
  | {
      readonly kind: 'misunderstood';
      /** One sentence or several. */
      readonly reason: Markdown;
      /** Those that were understood: others' commands are none of our business, well-formed or not (D10a). */
      readonly instanceFilters: readonly Filter[];
    };

/** Understands what stands after `bot:`. Never throws. */
export function parseCommand(text: string, { hasFor }: Dialect): ParsedCommand {
  const [name = '', ...words] = text.trim().split(/\s+/);
  const known = commandNames.find((each) => each === name);
  const parts = (known === undefined && name.includes(':') ? [name, ...words] : words).map((word) =>
    parseWord(word, known, hasFor),
  );
  const problems = known === undefined ? [unknownCommand(name)] : parts.flatMap(problemsOf);
  const shas = parts.flatMap((part) => (part.kind === 'sha' ? [part.sha] : []));
  if (shas.length > 1) problems.push(md`It has more than one \`sha:\`; a build is of one commit.`);
  const fors = parts.filter((part) => part.kind === 'for');
  const ons = parts.filter((part) => part.kind === 'on');
  const filters = parts.flatMap((part) => (part.kind === 'filter' ? [part.filter] : []));
  const onFilters = ons.flatMap((part) => part.filters);
  problems.push(...(known === 'build' && hasFor ? problemsOfFors(parts, fors.length) : []));
  if (known === undefined || problems.length > 0) {
    const instanceFilters = [...onFilters, ...filters].filter(({ component }) => component === 'instance');
    return { kind: 'misunderstood', reason: joined(problems, ' '), instanceFilters };
  }
  const buildFor = fors[0];
  return {
    kind: 'command',
    name: known,
    filters,
    ...(ons.length > 0 ? { on: onFilters } : {}),
    ...(buildFor?.kind === 'for' ? { for: buildFor.value } : {}),
    ...(shas[0] === undefined ? {} : { sha: shas[0] }),
    lastBuild: parts.some(({ kind }) => kind === 'last_build'),
    expanded: [
      known,
      ...parts.flatMap(expandedTarget),
      ...filters.map(expandedFilter),
      ...parts.flatMap(otherWord),
    ].join(' '),
  };
}

type Part =
  | { readonly kind: 'filter'; readonly filter: Filter }
  | { readonly kind: 'on'; readonly filters: readonly Filter[]; readonly problems: readonly Markdown[] }
  | { readonly kind: 'for'; readonly value: BuildFor }
  | { readonly kind: 'sha'; readonly sha: string }
  | { readonly kind: 'last_build' }
  | { readonly kind: 'problem'; readonly problem: Markdown; readonly isFor?: boolean };

function parseWord(word: string, command: CommandName | undefined, hasFor: boolean): Part {
  if (word === 'last_build' && command === 'status' && hasFor) return { kind: 'last_build' };
  const [name = '', pattern, ...more] = word.split(':');
  if (pattern === undefined) return problem(md`${codeSpan(word)} is no argument; arguments are \`component:pattern\`.`);
  if (more.length > 0)
    return problem(md`${codeSpan(word)} has more than one colon; arguments are \`component:pattern\`.`);
  if (hasFor && (name === 'on' || name === 'for')) {
    if (command !== undefined && command !== 'build') {
      return problem(
        md`${codeSpan(`${name}:`)} is for \`build\` only; ${codeSpan(command)} takes filters such as \`arch:PATTERN\`.`,
      );
    }
    if (name === 'on') return parseOn(pattern);
    const reading = parseFor(pattern);
    return reading.kind === 'for' ? reading : { ...reading, isFor: true };
  }
  if (name === 'sha') return parseSha(pattern, command);
  return partOf(checkExport(parseFilter(name, pattern, word), command));
}

function parseSha(text: string, command: CommandName | undefined): Part {
  if (command !== undefined && command !== 'build')
    return problem(md`\`sha:\` is for \`build\` only; ${codeSpan(command)} shows all commits.`);
  if (/^[0-9a-f]{7,64}$/i.test(text)) return { kind: 'sha', sha: text.toLowerCase() };
  return problem(md`${codeSpan(`sha:${text}`)} names no commit; give at least 7 digits of it, as in \`sha:1a2b3c4\`.`);
}

function parseOn(text: string): Part {
  const readings = text.split(',').map((item): FilterReading => {
    const sign = item.indexOf('=');
    if (sign < 0) {
      return { problem: md`The item ${codeSpan(item)} of \`on:\` has no \`=\`; items are \`NAME=PATTERN\`.` };
    }
    return parseFilter(item.slice(0, sign), item.slice(sign + 1), `on:${item}`);
  });
  return {
    kind: 'on',
    filters: readings.flatMap((reading) => ('filter' in reading ? [reading.filter] : [])),
    problems: readings.flatMap((reading) => ('problem' in reading ? [reading.problem] : [])),
  };
}

function checkExport(reading: FilterReading, command: CommandName | undefined): FilterReading {
  if (!('filter' in reading) || reading.filter.component !== 'exportvariable') return reading;
  if (command !== 'status' && command !== 'show_config') return reading;
  return { problem: md`\`exportvariable:\` is for \`build\` only; ${codeSpan(command)} has nothing to export to.` };
}

function partOf(reading: FilterReading): Part {
  return 'filter' in reading ? { kind: 'filter', filter: reading.filter } : { kind: 'problem', ...reading };
}

function problem(text: Markdown): Part {
  return { kind: 'problem', problem: text };
}

function problemsOf(part: Part): readonly Markdown[] {
  if (part.kind === 'problem') return [part.problem];
  return part.kind === 'on' ? part.problems : [];
}

function problemsOfFors(parts: readonly Part[], understood: number): readonly Markdown[] {
  const count = understood + parts.filter((part) => part.kind === 'problem' && part.isFor).length;
  if (count === 0) return [md`It lacks \`for:\`, which says what to build for, as in \`for:arch=x86_64/amd/zen2\`.`];
  return count > 1 ? [md`It has more than one \`for:\`; give several architectures as in \`for:arch=A+B\`.`] : [];
}

function unknownCommand(name: string): Markdown {
  const probable = nearestName(name, commandNames);
  const hint = probable
    ? md`did you mean ${codeSpan(probable)}?`
    : md`there are ${joined(commandNames.map(codeSpan), ', ')}.`;
  return md`${codeSpan(name)} is no command; ${hint}`;
}

function expandedTarget(part: Part): readonly string[] {
  if (part.kind === 'on')
    return [`on:${part.filters.map(({ component, pattern }) => `${component}=${pattern}`).join(',')}`];
  if (part.kind !== 'for') return [];
  const { architectures, accelerator } = part.value;
  const items = [
    `architecture=${architectures.join('+')}`,
    ...(accelerator === undefined ? [] : [`accelerator=${accelerator}`]),
  ];
  return [`for:${items.join(',')}`];
}

function expandedFilter({ component, pattern }: Filter): string {
  return `${component}:${pattern}`;
}

function otherWord(part: Part): readonly string[] {
  if (part.kind === 'sha') return [`sha:${part.sha}`];
  return part.kind === 'last_build' ? ['last_build'] : [];
}
