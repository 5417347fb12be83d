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
    if (withAccelerator) {
      const on = withItsAccelerator(command.on, withAccelerator);
      const instead = command.expanded.replace(/ on:\S+/, () => ` ${on}`);
      return { reason: onlyWithAccelerator(on, bot), isMeant: true, instead };
    }
  }
  return explainMismatch(parts, command.expanded, bot);
}

function forPart(pair: Pair, nodeTypes: readonly NodeType[], wantsAccelerator: boolean, bot: string): CommandPart {
  const typed = forArgument(pair);
  const usable = nodeTypes.filter(({ accelerator }) => (accelerator !== undefined) === wantsAccelerator);
  if (usable.some((nodeType) => isExactly(nodeType, pair))) return { typed, isKnown: true, isNear: false };
  const near = usable.find(isNearly(pair));
  if (near !== undefined) {
    const instead = wholeName(pair, near);
    return { typed, isKnown: false, problem: notTheWholeName(typed, instead), instead, isNear: true };
  }
  const ofArchitecture = nodeTypes.filter(({ cpuSubdir }) => cpuSubdir === pair.arch);
  if (ofArchitecture.length > 0) {
    const problem = pair.accelerator === undefined ? otherAccelerators : sayWhere;
    return { typed, isKnown: true, ...problem(pair, ofArchitecture, bot), isNear: false };
  }
  const nearest = nearestSpelling(typed, nodeTypes.map(targetOf).map(forArgument));
  const hint = nearest ? md`; the nearest is ${codeSpan(nearest)}` : md``;
  const problem = md`${codeSpan(typed)} is no target of ${codeSpan(bot)}${hint}`;
  return {
    typed,
    isKnown: false,
    problem,
    ...(nearest && { instead: nearest }),
    isNear: isAlike(pair.arch, nodeTypes),
  };
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

const wholeName = (pair: Pair, nodeType: NodeType) =>
  forArgument({
    arch: nodeType.cpuSubdir,
    ...(pair.accelerator !== undefined && nodeType.accelerator !== undefined && { accelerator: nodeType.accelerator }),
  });

function notTheWholeName(typed: string, nearest: string): Markdown {
  return md`${codeSpan(typed)} is not the whole name of a target; type ${codeSpan(nearest)}, or say where to build by \`on:\``;
}

type Problem = Required<Pick<CommandPart, 'problem' | 'instead'>>;

function otherAccelerators(pair: Pair, ofArchitecture: readonly NodeType[], bot: string): Problem {
  const there = ofArchitecture.map(targetOf).map(forArgument);
  const names = joined(there.map(codeSpan), ', ');
  const problem = md`${codeSpan(bot)} has nodes of ${codeSpan(pair.arch)} only with an accelerator; type ${names}`;
  return { problem, instead: there[0] ?? '' };
}

/** `for:` selects a node type only if it offers everything asked for. To build elsewhere, a command needs `on:`. */
function sayWhere(pair: Pair, ofArchitecture: readonly NodeType[], bot: string): Problem {
  const node = ofArchitecture.find(({ accelerator }) => accelerator === undefined) ?? ofArchitecture[0];
  const where = node?.accelerator === undefined ? '' : `,accel=${node.accelerator}`;
  const names = namesIn(pair.accelerator ?? '');
  const wanted = md`${joined(names.map(codeSpan), ' and ')}${names.length > 1 ? md` together` : md``}`;
  const instead = `on:arch=${pair.arch}${where} ${forArgument(pair)}`;
  const problem = md`no node of ${codeSpan(pair.arch)} of ${codeSpan(bot)} has ${wanted}; to build for it elsewhere, say where: ${codeSpan(instead)}`;
  return { problem, instead };
}

function fits(nodeType: NodeType, filters: readonly Filter[]): boolean {
  const matches = matcherOf(filters.filter(({ component }) => component !== 'instance'));
  return candidates([nodeType]).map(searchable).some(matches);
}

const withItsAccelerator = (on: readonly Filter[], { accelerator = '' }: NodeType) =>
  `on:${[...on.map(({ component, pattern }) => `${component}=${pattern}`), `accel=${accelerator}`].join(',')}`;

function onlyWithAccelerator(on: string, bot: string): Markdown {
  return md`what this selects of ${codeSpan(bot)} has an accelerator, and is used for commands that ask for one; type ${codeSpan(on)}.`;
}
