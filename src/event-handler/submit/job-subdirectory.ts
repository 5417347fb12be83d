import type { Dialect } from '../../settings/dialects.ts';
import type { BuildTarget } from './build-target.ts';

/**
 * The path of a target's job directory below the run's. If several targets would share one, all but the first get `REPO_ID@NODE_TYPE` instead
 * of REPO_ID (D12). `all`: all targets that get a job, in order.
 */
export function jobSubdirectory(target: BuildTarget, all: readonly BuildTarget[], dialect: Dialect): string {
  const path = plainPath(target, dialect);
  const first = all.find((other) => plainPath(other, dialect) === path);
  // A name may hold slashes, which would make directories.
  return first === undefined || first === target ? path : `${path}@${target.nodeType.name.replaceAll('/', '@')}`;
}

function plainPath({ nodeType, repositoryId, forArch, forAccelerator }: BuildTarget, dialect: Dialect): string {
  if (!dialect.hasNodeTypes) return `${nodeType.name.replaceAll('/', '_')}/${repositoryId}`;
  return [forArch, ...(forAccelerator === undefined ? [] : [forAccelerator]), repositoryId].join('/');
}
