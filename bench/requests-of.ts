import { repository, type Site } from '../test/system/site.ts';

/** How many requests the bot has made about one pull request, its comments and their reactions: whatever else it does meanwhile. */
export function requestsOf({ github }: Site, pullRequest: number): number {
  const comments = new Set(github.comments(repository, pullRequest).map(({ id }) => String(id)));
  return github.requests.filter(({ path }) => {
    const [, issue, comment] = /\/issues\/(?:(\d+)|comments\/(\d+))(?=[/?]|$)/.exec(path) ?? [];
    return issue === String(pullRequest) || (comment !== undefined && comments.has(comment));
  }).length;
}
