import { isDeepStrictEqual } from 'node:util';
import type { BuildTarget } from '../submit/build-target.ts';

/** A job of this instance for a pull request, as its own records tell: of one that is ordered and not submitted yet there is no `id`. */
export interface BuiltJob {
  readonly id?: string;
  /** Of its comment. */
  readonly url?: string;
  /** The node type as it is configured now. */
  readonly target: BuildTarget;
  /** The head of the pull request that it builds; absent in records of earlier versions. */
  readonly commit?: string;
  /** The identity of its check, whether it has one or not. */
  readonly check?: string;
  readonly state: 'not ended' | 'SUCCESS' | 'ended otherwise';
}

/** What a target builds, and where: whatever is exported to it. */
const placeOf = ({ nodeType, repositoryId, forArch, forAccelerator, onAccelerator }: BuildTarget) => [
  ...[nodeType.name, repositoryId, forArch, forAccelerator, onAccelerator],
];

export const isSameTarget = (one: BuildTarget, other: BuildTarget) => isDeepStrictEqual(placeOf(one), placeOf(other));

/** The same target, built with the same arguments: whatever the plan keeps of it, but for what the node type is today. */
export function isSameBuild(one: BuildTarget, other: BuildTarget): boolean {
  const withName = (target: BuildTarget) => ({ ...target, nodeType: target.nodeType.name });
  return isDeepStrictEqual(withName(one), withName(other));
}

/** The targets of jobs, each once: as it was ordered last. Jobs are in their order. */
export function targetsOfJobs(built: readonly BuiltJob[]): readonly BuildTarget[] {
  const targets: BuildTarget[] = [];
  for (const { target } of built.toReversed())
    if (!targets.some((each) => isSameTarget(each, target))) targets.unshift(target);
  return targets;
}
