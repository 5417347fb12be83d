import type { Dialect } from '../../settings/dialects.ts';
import type { NodeType } from '../../settings/settings.ts';
import type { Filter, Searchable } from '../arguments/filter.ts';
import { namesIn } from '../arguments/parse-for.ts';
import type { CommandLine } from './command.ts';

/** One of the architectures of `for:`, with the accelerators. */
export interface Pair {
  readonly arch: string;
  readonly accelerator?: string;
}

/** A node type and one of its repositories. */
export interface Candidate {
  readonly nodeType: NodeType;
  readonly repositoryId: string;
}

/** All that jobs can be built for here. */
export function candidates(nodeTypes: readonly NodeType[]): readonly Candidate[] {
  return nodeTypes.flatMap((nodeType) => nodeType.repositories.map((repositoryId) => ({ nodeType, repositoryId })));
}

/** The fields that filters of generation 9 search. */
export const searchable = ({ nodeType, repositoryId }: Candidate): Searchable => ({
  architecture: nodeType.cpuSubdir,
  accelerator: nodeType.accelerator,
  repository: repositoryId,
});

/** The architecture and all accelerators of a node type. */
export const targetOf = ({ cpuSubdir, accelerator }: NodeType): Pair => ({
  arch: cpuSubdir,
  ...(accelerator !== undefined && { accelerator }),
});

/** How a target is typed. */
export function forArgument({ arch, accelerator }: Pair): string {
  return accelerator === undefined ? `for:arch=${arch}` : `for:arch=${arch},accel=${accelerator}`;
}

/** A command that builds for a node type, without `bot:`. */
export const buildCommandFor = (nodeType: NodeType, { hasFor }: Dialect) =>
  `build ${hasFor ? forArgument(targetOf(nodeType)) : `arch:${nodeType.name}`}`;

/** The filters that say where to build: the items of `on:`, else those of `for:`, and filters outside both. */
export function whereFilters(command: CommandLine, pair: Pair): readonly Filter[] {
  const ofFor: readonly Filter[] =
    pair.accelerator === undefined ? [] : [{ component: 'accelerator', pattern: pair.accelerator }];
  return [...(command.on ?? ofFor), ...command.filters];
}

/** A node type has to offer all accelerators of `A+B`. */
export function isExactly(nodeType: NodeType, { arch, accelerator }: Pair): boolean {
  const offered = namesIn(nodeType.accelerator ?? '');
  const offersAll = (wanted: string) => namesIn(wanted).every((each) => offered.includes(each));
  return nodeType.cpuSubdir === arch && (accelerator === undefined || offersAll(accelerator));
}
