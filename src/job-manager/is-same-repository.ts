import type { RepositoryName } from '../outside/github/github.ts';

/** Whether both name one repository: GitHub takes names in any case. */
export function isSameRepository(a: RepositoryName | undefined, b: RepositoryName): boolean {
  return a?.owner.toLowerCase() === b.owner.toLowerCase() && a.name.toLowerCase() === b.name.toLowerCase();
}

interface OfPullRequest<Repository> {
  readonly repository: Repository;
  readonly pullRequest: number;
}

/** Whether both are of one pull request. */
export function isSamePullRequest(
  a: OfPullRequest<RepositoryName | undefined>,
  b: OfPullRequest<RepositoryName>,
): boolean {
  return a.pullRequest === b.pullRequest && isSameRepository(a.repository, b.repository);
}
