import { isDeepStrictEqual } from 'node:util';
import type { BuildTarget } from '../submit/build-target.ts';

/** A job of this instance for a pull request, by its own records. No `id`: ordered, and not submitted yet. */
export interface BuiltJob {
  readonly id?: string;
  /** The job's comment. */
  readonly url?: string;
  /** The node type as it is configured now. */
  readonly target: BuildTarget;
  /** The commit that it builds; absent in records of earlier versions. */
  readonly commit?: string;
  /** The identity of its check run, also if it has none. */
  readonly check?: string;
  readonly state: 'not ended' | 'SUCCESS' | 'ended otherwise';
}

/** What a target builds, and where; without its arguments. */
const placeOf = ({ nodeType, repositoryId, forArch, forAccelerator, onAccelerator }: BuildTarget) => [
  ...[nodeType.name, repositoryId, forArch, forAccelerator, onAccelerator],
];

export const isSameTarget = (one: BuildTarget, other: BuildTarget) => isDeepStrictEqual(placeOf(one), placeOf(other));

/** The same target with the same arguments. The node type's settings may have changed: only its name counts. */
export function isSameBuild(one: BuildTarget, other: BuildTarget): boolean {
  const withName = (target: BuildTarget) => ({ ...target, nodeType: target.nodeType.name });
  return isDeepStrictEqual(withName(one), withName(other));
}

/** The targets of jobs, each once, as last ordered. `built`: in order of submission. */
export function targetsOfJobs(built: readonly BuiltJob[]): readonly BuildTarget[] {
  const targets: BuildTarget[] = [];
  for (const { target } of built.toReversed())
    if (!targets.some((each) => isSameTarget(each, target))) targets.unshift(target);
  return targets;
}
