import { codeSpan } from '../../messages/escape-markdown.ts';
import type { Markdown } from '../../outside/github/github.ts';
import type { NodeType, Settings } from '../../settings/settings.ts';
import { type Filter, matcherOf } from './filter.ts';
import { nearestSpelling } from './nearest-spelling.ts';
import type { Command } from './parse-command.ts';
import type { BuildFor } from './parse-for.ts';

/** What to build, and where: one job. */
export interface BuildTarget {
  readonly nodeType: NodeType;
  readonly repositoryId: string;
  /** A of `for:arch=A` as typed; before generation 9 the architecture without its OS. */
  readonly forArch: string;
  /** B of `accel=B` as typed; before generation 9 the accelerator filter's value. */
  readonly forAccelerator?: string;
  /** The accelerator filter's pattern, for the comment. */
  readonly onAccelerator?: string;
  /** The same for `det_submit_opts`. */
  readonly submitOptsAccelerator?: string;
  /** Entries `NAME=value` of allowed_exportvars. */
  readonly exports: readonly string[];
}

/** A target that gets no job while others do (D40). */
export interface RefusedTarget {
  readonly target: BuildTarget;
  readonly reason: Markdown;
}

type Targets =
  | { readonly kind: 'targets'; readonly targets: readonly BuildTarget[]; readonly refused: readonly RefusedTarget[] }
  /** For other instances, perhaps. `reason`: what to say where this one was named. */
  | { readonly kind: 'nothing-matches'; readonly reason: Markdown }
  | { readonly kind: 'refused'; readonly reason: Markdown };

/** Chooses the targets of a `build` among those of this site. */
export function chooseTargets(command: Command, settings: Settings): Targets {
  const chosen = command.for ? chooseFor(command, command.for, settings) : chooseArchitectures(command, settings);
  if (chosen.kind === 'refused') return chosen;
  if (chosen.targets.length === 0) return { kind: 'nothing-matches', reason: nothingMatches(command, settings) };
  const notAllowed = exportsOf(command).filter((each) => !settings.build.allowedExports.includes(each));
  if (notAllowed.length > 0) return { kind: 'refused', reason: exportRefusal(notAllowed, settings) };
  const answers = chosen.targets.map((target) => ({ target, reason: whyNotTarget(target, settings) }));
  return {
    kind: 'targets',
    targets: answers.flatMap(({ target, reason }) => (reason === undefined ? [target] : [])),
    refused: answers.flatMap(({ target, reason }) => (reason === undefined ? [] : [{ target, reason }])),
  };
}

type Chosen =
  | { readonly kind: 'chosen'; readonly targets: readonly BuildTarget[] }
  | { readonly kind: 'refused'; readonly reason: Markdown };

/** Generations 6 to 8: architectures × their repositories, in the file's order. */
function chooseArchitectures(command: Command, settings: Settings): Chosen {
  const matches = matcherOf(command.filters);
  const accelerator = onlyPattern(command.filters, 'accelerator');
  const targets = pairs(settings.nodeTypes).filter(({ nodeType, repositoryId }) =>
    matches({ architecture: nodeType.name, repository: repositoryId, instance: settings.github.appName }),
  );
  return {
    kind: 'chosen',
    targets: targets.map(({ nodeType, repositoryId }) => ({
      nodeType,
      repositoryId,
      forArch: nodeType.cpuSubdir,
      ...accelerators(accelerator, accelerator),
      exports: exportsOf(command),
    })),
  };
}

/** Generation 9: `for:` says what, `on:`, or else `for:` itself, where. */
function chooseFor(command: Command, buildFor: BuildFor, settings: Settings): Chosen {
  const targets: BuildTarget[] = [];
  const matches = matcherOf([...(command.on ?? []), ...command.filters], command.on === undefined);
  for (const pair of combinations(buildFor)) {
    const candidates = candidatesFor(command, pair, matches, settings);
    const exact = command.on ? candidates : candidates.filter(({ nodeType }) => isExactly(nodeType, pair));
    if (exact.length === 0) {
      const near = command.on ? undefined : candidates.find(isNearly(pair));
      if (near !== undefined) return { kind: 'refused', reason: notTheWholeName(pair, near.nodeType) };
    }
    const onAccelerator = onlyPattern(whereFilters(command, pair), 'accelerator');
    for (const { nodeType, repositoryId } of exact) {
      targets.push({
        nodeType,
        repositoryId,
        forArch: pair.arch,
        ...accelerators(pair.accelerator, onAccelerator),
        exports: exportsOf(command),
      });
    }
  }
  return { kind: 'chosen', targets };
}

/** One of the combinations of A and B. */
interface Pair {
  readonly arch: string;
  readonly accelerator?: string;
}

function combinations({ architectures, accelerators: names }: BuildFor): readonly Pair[] {
  return architectures.flatMap((arch): readonly Pair[] =>
    names.length === 0 ? [{ arch }] : names.map((accelerator) => ({ arch, accelerator })),
  );
}

/** A node type with an accelerator is used only for those who ask for one, the others only for those who do not. */
function candidatesFor(
  command: Command,
  pair: Pair,
  matches: ReturnType<typeof matcherOf>,
  settings: Settings,
): readonly Candidate[] {
  const wantsAccelerator = whereFilters(command, pair).some(({ component }) => component === 'accelerator');
  return pairs(settings.nodeTypes).filter(
    ({ nodeType, repositoryId }) =>
      (nodeType.accelerator !== undefined) === wantsAccelerator &&
      matches({
        architecture: nodeType.cpuSubdir,
        accelerator: nodeType.accelerator,
        repository: repositoryId,
        instance: settings.github.appName,
      }),
  );
}

/** The filters that say where: those of `on:`, else the items of `for:`; and those that stand alone. */
function whereFilters(command: Command, pair: Pair): readonly Filter[] {
  const ofFor: readonly Filter[] =
    pair.accelerator === undefined ? [] : [{ component: 'accelerator', pattern: pair.accelerator }];
  return [...(command.on ?? ofFor), ...command.filters];
}

function isExactly(nodeType: NodeType, { arch, accelerator }: Pair): boolean {
  return nodeType.cpuSubdir === arch && (accelerator === undefined || nodeType.accelerator === accelerator);
}

/** Would a search have found it? Then it was meant (D10). */
function isNearly({ arch, accelerator }: Pair): (candidate: Candidate) => boolean {
  const filters: readonly Filter[] = [
    { component: 'architecture', pattern: arch.replaceAll('-', '/') },
    ...(accelerator === undefined ? [] : [{ component: 'accelerator' as const, pattern: accelerator }]),
  ];
  const matches = matcherOf(filters);
  return ({ nodeType }) => matches({ architecture: nodeType.cpuSubdir, accelerator: nodeType.accelerator });
}

interface Candidate {
  readonly nodeType: NodeType;
  readonly repositoryId: string;
}

function pairs(nodeTypes: readonly NodeType[]): readonly Candidate[] {
  return nodeTypes.flatMap((nodeType) => nodeType.repositories.map((repositoryId) => ({ nodeType, repositoryId })));
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

/** Of two: none. */
function onlyPattern(filters: readonly Filter[], component: Filter['component']): string | undefined {
  const patterns = filters.filter((filter) => filter.component === component);
  return patterns.length === 1 ? patterns[0]?.pattern : undefined;
}

function exportsOf(command: Command): readonly string[] {
  const all = [...(command.on ?? []), ...command.filters];
  return [...new Set(all.flatMap(({ component, pattern }) => (component === 'exportvariable' ? [pattern] : [])))];
}

function whyNotTarget({ repositoryId }: BuildTarget, settings: Settings): Markdown | undefined {
  const section = settings.repositories.sections[repositoryId];
  if (section === undefined) {
    if (['EESSI', 'EESSI-pilot'].includes(repositoryId)) return undefined;
    return `\`repos.cfg\` of this bot has no section ${codeSpan(`[${repositoryId}]`)}; its admin can add it.` as Markdown;
  }
  if (section.missing.length === 0) return undefined;
  const keys = section.missing.map(codeSpan).join(', ');
  return `the section ${codeSpan(`[${repositoryId}]`)} of this bot's \`repos.cfg\` lacks ${keys}; its admin can add it.` as Markdown;
}

function notTheWholeName(pair: Pair, nodeType: NodeType): Markdown {
  const nearest = forArgument({
    arch: nodeType.cpuSubdir,
    ...(pair.accelerator === undefined || nodeType.accelerator === undefined
      ? {}
      : { accelerator: nodeType.accelerator }),
  });
  return `${codeSpan(forArgument(pair))} is not the whole name of a target; type ${codeSpan(nearest)}, or say where to build by \`on:\`.` as Markdown;
}

function exportRefusal(notAllowed: readonly string[], settings: Settings): Markdown {
  const { allowedExports } = settings.build;
  const allowed =
    allowedExports.length === 0
      ? 'this bot allows no exports.'
      : `this bot allows ${allowedExports.map(codeSpan).join(', ')}.`;
  return `${notAllowed.map((each) => codeSpan(`exportvariable:${each}`)).join(', ')} cannot be exported; ${allowed}` as Markdown;
}

function nothingMatches(command: Command, settings: Settings): Markdown {
  const bot = codeSpan(settings.github.appName);
  const typed = command.on || !command.for ? undefined : combinations(command.for).at(0);
  const targets = settings.nodeTypes.map((nodeType) =>
    forArgument({ arch: nodeType.cpuSubdir, ...(nodeType.accelerator ? { accelerator: nodeType.accelerator } : {}) }),
  );
  const nearest = typed && nearestSpelling(forArgument(typed), targets);
  const hint = nearest ? `the nearest is ${codeSpan(nearest)}; ` : '';
  return `${codeSpan(command.expanded)} selects none of the targets of ${bot}; ${hint}\`bot: show_config\` lists all.` as Markdown;
}

function forArgument({ arch, accelerator }: Pair): string {
  return accelerator === undefined ? `for:arch=${arch}` : `for:arch=${arch},accel=${accelerator}`;
}
