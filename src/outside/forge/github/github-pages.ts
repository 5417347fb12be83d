import type { ForgePages } from '../forge.ts';
import { headRef } from './head-ref.ts';

/** The pages of GitHub, or of a GitHub Enterprise Server: `serverUrl` as in `https://github.com`. */
export function gitHubPages(serverUrl: string): ForgePages {
  const pageOf = (repository: string) => `${serverUrl}/${repository}`;
  return {
    ofRepository: pageOf,
    ofPullRequest: (repository, pullRequest) => `${pageOf(repository)}/pull/${pullRequest}`,
    ofBot: (name) => `${serverUrl}/apps/${encodeURIComponent(name)}`,
    changesOf: (repository, pullRequest) => `git+${pageOf(repository)}@${headRef(pullRequest)}`,
  };
}
