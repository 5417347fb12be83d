import { codeSpan } from '../../messages/escape-markdown.ts';
import { joined, md } from '../../messages/markdown.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import { editDistance } from '../../settings/edit-distance.ts';
import { nearestName } from '../../settings/nearest-name.ts';
import type { NodeType, Settings } from '../../settings/settings.ts';
import { type Filter, hasFilter, matcherOf } from '../arguments/filter.ts';
import { namesIn } from '../arguments/parse-for.ts';
import type { CommandLine } from './command.ts';
import { type CommandPart, explainMismatch, filterParts, type Mismatch } from './explain-mismatch.ts';
import { nearestSpelling } from './nearest-spelling.ts';
import { candidates, forArgument, isExactly, type Pair, searchable, targetOf, whereFilters } from './site-targets.ts';

/** Why a `build` of generation 9 has no target here for an architecture of its `for:`, and what to type instead. */
export function whyNoTarget(command: CommandLine, pair: Pair, { appName, nodeTypes }: Settings): Mismatch {
  const bot = appName;
  const targets = candidates(nodeTypes).map(searchable);
  const wantsAccelerator = hasFilter(whereFilters(command, pair), 'accelerator');
  const on = filterParts(command.on ?? [], targets, bot, { before: 'on:', sign: '=' });
  const parts = [
    ...(command.on === undefined ? [forPart(pair, nodeTypes, wantsAccelerator, bot)] : on),
    ...filterParts(command.filters, targets, bot),
  ];
  if (command.on !== undefined && !wantsAccelerator && parts.every(({ isKnown }) => isKnown)) {
    const filters = [...command.on, ...command.filters];
    const withAccelerator = nodeTypes.find((nodeType) => nodeType.accelerator !== undefined && fits(nodeType, filters));
    if (withAccelerator) return { reason: onlyWithAccelerator(command.on, withAccelerator, bot), isMeant: true };
  }
  return explainMismatch(parts, command.expanded, bot);
}

function forPart(pair: Pair, nodeTypes: readonly NodeType[], wantsAccelerator: boolean, bot: string): CommandPart {
  const typed = forArgument(pair);
  const usable = nodeTypes.filter(({ accelerator }) => (accelerator !== undefined) === wantsAccelerator);
  if (usable.some((nodeType) => isExactly(nodeType, pair))) return { typed, isKnown: true, isNear: false };
  const near = usable.find(isNearly(pair));
  if (near !== undefined) return { typed, isKnown: false, problem: notTheWholeName(pair, near), isNear: true };
  const ofArchitecture = nodeTypes.filter(({ cpuSubdir }) => cpuSubdir === pair.arch);
  if (ofArchitecture.length > 0) {
    const problem =
      pair.accelerator === undefined
        ? otherAccelerators(pair, ofArchitecture, bot)
        : sayWhere(pair, ofArchitecture, bot);
    return { typed, isKnown: true, problem, isNear: false };
  }
  const nearest = nearestSpelling(typed, nodeTypes.map(targetOf).map(forArgument));
  const hint = nearest ? md`; the nearest is ${codeSpan(nearest)}` : md``;
  const problem = md`${codeSpan(typed)} is no target of ${codeSpan(bot)}${hint}`;
  return { typed, isKnown: false, problem, isNear: isAlike(pair.arch, nodeTypes) };
}

/** Whether a search would have found it: then it was meant (D10). */
function isNearly({ arch, accelerator }: Pair): (nodeType: NodeType) => boolean {
  const wanted = accelerator === undefined ? [] : namesIn(accelerator);
  return (nodeType) =>
    nodeType.cpuSubdir.replaceAll('-', '/').includes(arch.replaceAll('-', '/')) &&
    wanted.every((each) => nodeType.accelerator?.includes(each));
}

/** Probably a typo. It is a guess: the names of a family may differ as little from each other. */
function isAlike(arch: string, nodeTypes: readonly NodeType[]): boolean {
  const names = nodeTypes.map(({ cpuSubdir }) => cpuSubdir);
  if (names.some((name) => editDistance(arch, name) <= 2)) return true;
  return (
    !arch.includes('/') &&
    nearestName(
      arch,
      names.flatMap((name) => name.split('/').at(-1) ?? []),
    ) !== undefined
  );
}

function notTheWholeName(pair: Pair, nodeType: NodeType): Markdown {
  const nearest = forArgument({
    arch: nodeType.cpuSubdir,
    ...(pair.accelerator !== undefined && nodeType.accelerator !== undefined && { accelerator: nodeType.accelerator }),
  });
  return md`${codeSpan(forArgument(pair))} is not the whole name of a target; type ${codeSpan(nearest)}, or say where to build by \`on:\``;
}

function otherAccelerators(pair: Pair, ofArchitecture: readonly NodeType[], bot: string): Markdown {
  const there = joined(ofArchitecture.map(targetOf).map(forArgument).map(codeSpan), ', ');
  return md`${codeSpan(bot)} has nodes of ${codeSpan(pair.arch)} only with an accelerator; type ${there}`;
}

/** `for:` selects a node type only if it offers everything asked for. To build elsewhere, a command needs `on:`. */
function sayWhere(pair: Pair, ofArchitecture: readonly NodeType[], bot: string): Markdown {
  const node = ofArchitecture.find(({ accelerator }) => accelerator === undefined) ?? ofArchitecture[0];
  const where = node?.accelerator === undefined ? '' : `,accel=${node.accelerator}`;
  const names = namesIn(pair.accelerator ?? '');
  const wanted = md`${joined(names.map(codeSpan), ' and ')}${names.length > 1 ? md` together` : md``}`;
  return md`no node of ${codeSpan(pair.arch)} of ${codeSpan(bot)} has ${wanted}; to build for it elsewhere, say where: ${codeSpan(`on:arch=${pair.arch}${where} ${forArgument(pair)}`)}`;
}

function fits(nodeType: NodeType, filters: readonly Filter[]): boolean {
  const matches = matcherOf(filters.filter(({ component }) => component !== 'instance'));
  return candidates([nodeType]).map(searchable).some(matches);
}

function onlyWithAccelerator(on: readonly Filter[], { accelerator = '' }: NodeType, bot: string): Markdown {
  const items = [...on.map(({ component, pattern }) => `${component}=${pattern}`), `accel=${accelerator}`].join(',');
  return md`what this selects of ${codeSpan(bot)} has an accelerator, and is used for commands that ask for one; type ${codeSpan(`on:${items}`)}.`;
}
