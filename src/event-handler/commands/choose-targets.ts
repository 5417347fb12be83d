import { codeSpan } from '../../messages/escape-markdown.ts';
import { joined, md } from '../../messages/markdown.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import { needNoSection } from '../../settings/read-repositories.ts';
import type { NodeType, Settings } from '../../settings/settings.ts';
import { type Component, type Filter, hasFilter, matcherOf, patternsOf, type Searchable } from '../arguments/filter.ts';
import { judgeArguments } from '../arguments/judge-arguments.ts';
import type { BuildFor } from '../arguments/parse-for.ts';
import type { BuildTarget } from '../submit/build-target.ts';
import type { CommandLine } from './command.ts';
import { explainMismatch, filterParts, type Mismatch } from './explain-mismatch.ts';
import {
  type Candidate,
  candidates,
  forArgument,
  isExactly,
  type Pair,
  searchable,
  targetOf,
  whereFilters,
} from './site-targets.ts';
import { whyNoTarget } from './why-no-target.ts';

type Targets =
  | {
      readonly kind: 'targets';
      readonly targets: readonly BuildTarget[];
      /** Targets that get no job while others do (D40). */
      readonly refused: readonly { readonly target: BuildTarget; readonly reason: Markdown }[];
      /** Why some parts of `for:` select no target. */
      readonly unmatched: readonly Markdown[];
    }
  | ({ readonly kind: 'nothing-matches' } & Mismatch)
  | { readonly kind: 'refused'; readonly reason: Markdown };

/** Chooses the targets of a `build`. */
export function chooseTargets(command: CommandLine, settings: Settings): Targets {
  const { targets, mismatches } = command.for
    ? chooseFor(command, [command.for, ...(command.alsoFor ?? [])], settings)
    : chooseArchitectures(command, settings);
  const unmatched = [...new Set(mismatches.map(({ reason }) => reason))];
  if (targets.length === 0) {
    const isMeant = mismatches.some((mismatch) => mismatch.isMeant);
    const [instead] = mismatches.flatMap((mismatch) => mismatch.instead ?? []);
    return { kind: 'nothing-matches', reason: joined(unmatched, ' '), isMeant, ...(instead && { instead }) };
  }
  const given = judgeArguments([...(command.on ?? []), ...command.filters], settings.build);
  if ('refused' in given) return { kind: 'refused', reason: given.refused };
  const all = targets.map((target) => ({ ...target, ...given }));
  return { kind: 'targets', ...sortOut(all, (target) => whyNotTarget(target, settings)), unmatched };
}

/** Sorts targets into those that get a job, and those that are refused. `whyNot`: the reason to refuse. */
export function sortOut(
  all: readonly BuildTarget[],
  whyNot: (target: BuildTarget) => Markdown | undefined,
): Pick<Extract<Targets, { readonly kind: 'targets' }>, 'targets' | 'refused'> {
  const answers = all.map((target) => ({ target, reason: whyNot(target) }));
  return {
    targets: answers.flatMap(({ target, reason }) => (reason === undefined ? [target] : [])),
    refused: answers.flatMap(({ target, reason }) => (reason === undefined ? [] : [{ target, reason }])),
  };
}

type Chosen = Omit<BuildTarget, 'exports' | 'submitArguments'>;

interface Choice {
  readonly targets: readonly Chosen[];
  /** Why the command, or an architecture of `for:`, selects no target. */
  readonly mismatches: readonly Mismatch[];
}

/** Generations 6 to 8: architectures × their repositories, in the file's order. */
function chooseArchitectures(command: CommandLine, settings: Settings): Choice {
  const matches = matcherOf(command.filters);
  const accelerator = onlyPattern(command.filters, 'accelerator');
  const { appName } = settings;
  const searched = ({ nodeType, repositoryId }: Candidate): Searchable => ({
    architecture: nodeType.name,
    repository: repositoryId,
    instance: appName,
  });
  const all = candidates(settings.nodeTypes);
  const targets = all.filter((pair) => matches(searched(pair)));
  const parts = targets.length > 0 ? [] : filterParts(command.filters, all.map(searched), appName);
  return {
    targets: targets.map(({ nodeType, repositoryId }) => ({
      nodeType,
      repositoryId,
      forArch: nodeType.cpuSubdir,
      ...accelerators(accelerator, accelerator),
    })),
    mismatches: targets.length > 0 ? [] : [explainMismatch(parts, command.expanded, appName)],
  };
}

/** Generation 9: `for:` says what to build; `on:` says where, or `for:` if there is no `on:`. */
function chooseFor(command: CommandLine, buildFors: readonly BuildFor[], settings: Settings): Choice {
  const matches = matcherOf([...(command.on ?? []), ...command.filters], command.on === undefined);
  const chosen = groupsOf(command, buildFors, settings).map((group): Choice => {
    const choices = group.map((pair) => choosePair(command, pair, matches, settings));
    const targets = choices.flatMap((each) => each.targets);
    // `arch=all` is a group: it is enough if one of its architectures has a target.
    const isComplete = targets.length > 0;
    return { targets, mismatches: isComplete ? [] : choices.flatMap(({ mismatches }) => mismatches) };
  });
  return {
    targets: chosen.flatMap(({ targets }) => targets),
    mismatches: chosen.flatMap(({ mismatches }) => mismatches),
  };
}

/** Each architecture of each `for:`, once. Without `on:`, `all` becomes a group: the architectures of the site's node types. */
function groupsOf(
  command: CommandLine,
  buildFors: readonly BuildFor[],
  { nodeTypes }: Settings,
): readonly (readonly Pair[])[] {
  const known = new Set<string>();
  return pairsOf(buildFors)
    .map((pair) => (isAll(command, pair, nodeTypes) ? allLike(command, pair, nodeTypes) : [pair]))
    .map((group) => group.filter((pair) => !known.has(forArgument(pair)) && known.add(forArgument(pair))))
    .filter((group) => group.length > 0);
}

const pairsOf = (buildFors: readonly BuildFor[]): readonly Pair[] =>
  buildFors.flatMap(({ architectures, accelerator }) =>
    architectures.map((arch): Pair => ({ arch, ...(accelerator !== undefined && { accelerator }) })),
  );

const isAll = ({ on }: CommandLine, { arch }: Pair, nodeTypes: readonly NodeType[]) =>
  arch === 'all' && on === undefined && !nodeTypes.some(({ cpuSubdir }) => cpuSubdir === arch);

function allLike(command: CommandLine, pair: Pair, nodeTypes: readonly NodeType[]): readonly Pair[] {
  const wantsAccelerator = asksForAccelerator(command, pair);
  const found = nodeTypes
    .filter(({ accelerator }) => (accelerator !== undefined) === wantsAccelerator)
    .map((nodeType) => ({ ...pair, arch: nodeType.cpuSubdir, nodeType }))
    .filter(({ nodeType, ...each }) => isExactly(nodeType, each))
    .map(({ nodeType: _, ...each }) => each);
  return found.length > 0 ? found : [pair];
}

/** Which node types `for:arch=all` leaves out though the filters match them: those with an accelerator, where it asks for none. */
export function leftOutOfAll(
  command: CommandLine,
  targets: readonly BuildTarget[],
  { nodeTypes, appName }: Settings,
): readonly Markdown[] {
  const asked = pairsOf([...(command.for ? [command.for] : []), ...(command.alsoFor ?? [])]);
  if (!asked.some((pair) => isAll(command, pair, nodeTypes) && !asksForAccelerator(command, pair))) return [];
  const matches = matcherOf(command.filters, true);
  const left = candidates(nodeTypes)
    .filter((each) => each.nodeType.accelerator !== undefined && matches({ ...searchable(each), instance: appName }))
    .filter(({ nodeType }) => !targets.some((target) => target.nodeType.name === nodeType.name));
  const typed = [...new Set(left.map(({ nodeType }) => forArgument(targetOf(nodeType))))];
  if (typed.length === 0) return [];
  return [
    md`\`for:arch=all\` leaves out nodes with an accelerator; to build for them, type ${joined(typed.map(codeSpan), ', ')}`,
  ];
}

function choosePair(
  command: CommandLine,
  pair: Pair,
  matches: ReturnType<typeof matcherOf>,
  settings: Settings,
): Choice {
  const fitting = candidatesFor(command, pair, matches, settings);
  const exact = command.on ? fitting : fitting.filter(({ nodeType }) => isExactly(nodeType, pair));
  const onAccelerator = onlyPattern(whereFilters(command, pair), 'accelerator');
  return {
    targets: exact.map(({ nodeType, repositoryId }) => ({
      nodeType,
      repositoryId,
      forArch: pair.arch,
      ...accelerators(pair.accelerator, onAccelerator),
    })),
    mismatches: exact.length > 0 ? [] : [whyNoTarget(command, pair, settings)],
  };
}

const asksForAccelerator = (command: CommandLine, pair: Pair) => hasFilter(whereFilters(command, pair), 'accelerator');

/** A node type with an accelerator is used only if the command asks for one, the others only if it does not. */
function candidatesFor(
  command: CommandLine,
  pair: Pair,
  matches: ReturnType<typeof matcherOf>,
  settings: Settings,
): readonly Candidate[] {
  const wantsAccelerator = asksForAccelerator(command, pair);
  return candidates(settings.nodeTypes).filter(
    ({ nodeType, repositoryId }) =>
      (nodeType.accelerator !== undefined) === wantsAccelerator &&
      matches({ ...searchable({ nodeType, repositoryId }), instance: settings.appName }),
  );
}

function accelerators(
  forAccelerator: string | undefined,
  onAccelerator: string | undefined,
): Pick<BuildTarget, 'forAccelerator' | 'onAccelerator' | 'submitOptsAccelerator'> {
  return {
    ...(forAccelerator === undefined ? {} : { forAccelerator }),
    ...(onAccelerator === undefined ? {} : { onAccelerator, submitOptsAccelerator: onAccelerator }),
  };
}

/** The pattern of the only filter for a component; undefined if there are several. */
function onlyPattern(filters: readonly Filter[], component: Component): string | undefined {
  const patterns = patternsOf(filters, component);
  return patterns.length === 1 ? patterns[0] : undefined;
}

/** Why the repository of a target cannot be built; undefined if it can. */
export function whyNotTarget({ repositoryId }: Candidate, settings: Settings): Markdown | undefined {
  const section = settings.repositories.sections[repositoryId];
  if (section === undefined) {
    if (needNoSection.includes(repositoryId)) return undefined;
    return md`\`repos.cfg\` of this bot has no section ${codeSpan(`[${repositoryId}]`)}; its admin can add it.`;
  }
  if (section.missing.length === 0) return undefined;
  const keys = joined(section.missing.map(codeSpan), ', ');
  return md`the section ${codeSpan(`[${repositoryId}]`)} of this bot's \`repos.cfg\` lacks ${keys}; its admin can add it.`;
}
