import type { CommentRoute } from '../src/event-handler/events/route.ts';

/** A new comment of alice's on a pull request. */
export function exampleComment(body: string, given: Partial<CommentRoute> = {}): CommentRoute {
  return {
    kind: 'comment',
    repository: { owner: 'O', name: 'R' },
    pullRequest: 9,
    sender: 'alice',
    senderIsBot: false,
    isPullRequest: true,
    action: 'created',
    comment: { id: 5, body, createdAt: '2026-01-01T00:00:00Z' },
    ...given,
  };
}
