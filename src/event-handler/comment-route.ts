import type { Account } from '../permissions.ts';
import type { ReceivedComment } from './commands/plan-comment.ts';
import type { Route } from './route.ts';

export type CommentRoute = Extract<Route, { kind: 'comment' }>;

/** The comment, in the words in which it is decided upon. */
export function receivedComment(route: CommentRoute): ReceivedComment {
  const { comment, sender, senderId, senderIsBot, viaApp, isPullRequest, action } = route;
  const from = { senderLogin: sender, ...(senderId !== undefined && { senderId }) };
  return { id: comment.id, body: comment.body, ...from, senderIsBot, ...(viaApp && { viaApp }), isPullRequest, action };
}

/** The account that did something. */
export function senderOf({ sender, senderId }: { readonly sender: string; readonly senderId?: number }): Account {
  return { login: sender, ...(senderId !== undefined && { id: senderId }) };
}
