import type { RepositoryName } from '../outside/github/github.ts';

/** Whether both name one repository: GitHub takes names in any case. */
export function isSameRepository(a: RepositoryName | undefined, b: RepositoryName): boolean {
  return a?.owner.toLowerCase() === b.owner.toLowerCase() && a.name.toLowerCase() === b.name.toLowerCase();
}
