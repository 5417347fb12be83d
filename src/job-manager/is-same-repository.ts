import type { RepositoryName } from '../outside/github/github.ts';

/** Whether both name one repository: GitHub takes names in any case. */
export function isSameRepository(a: RepositoryName | undefined, b: RepositoryName): boolean {
  return a?.owner.toLowerCase() === b.owner.toLowerCase() && a.name.toLowerCase() === b.name.toLowerCase();
}

/** Whether both are of one pull request. */
export function isSamePullRequest(a: PullRequestNumber, b: PullRequestNumber): boolean {
  return a.pullRequest === b.pullRequest && isSameRepository(a.repository, b.repository);
}

interface PullRequestNumber {
  readonly repository: RepositoryName;
  readonly pullRequest: number;
}
