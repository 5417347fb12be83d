import type { Dialect } from '../../settings/dialects.ts';
import type { BuildTarget } from '../submit/build-target.ts';

/**
 * The path of a target's job directory below its run's. Of several targets that would share one the second and later have
 * `REPO_ID@NODE_TYPE` for REPO_ID (D12). `all`: the targets that get a job, this one among them, in their order.
 */
export function jobSubdirectory(target: BuildTarget, all: readonly BuildTarget[], dialect: Dialect): string {
  const path = plainPath(target, dialect);
  const first = all.find((other) => plainPath(other, dialect) === path);
  // A name may hold slashes, which would be directories.
  return first === undefined || first === target ? path : `${path}@${target.nodeType.name.replaceAll('/', '@')}`;
}

function plainPath({ nodeType, repositoryId, forArch, forAccelerator }: BuildTarget, dialect: Dialect): string {
  if (!dialect.hasNodeTypes) return `${nodeType.name.replaceAll('/', '_')}/${repositoryId}`;
  return [forArch, ...(forAccelerator === undefined ? [] : [forAccelerator]), repositoryId].join('/');
}
