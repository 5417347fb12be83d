import { type Account, type Comment, type Issue, nextId, type Reaction, type State } from './state.ts';

/** A new comment, whoever writes it: a person of the story or the bot over the API. */
export function addComment(state: State, issue: Issue, author: Account, body: string): Comment {
  const now = new Date();
  const { repository, number } = issue;
  const id = nextId(state);
  const comment = { id, repository, number, author, body, createdAt: now, updatedAt: now, reactions: [] };
  repository.comments.set(id, comment);
  issue.updatedAt = now;
  state.changes.emit('change');
  return comment;
}

/** Gives the body before the edit. */
export function changeComment(state: State, comment: Comment, body: string): string {
  const before = comment.body;
  comment.body = body;
  comment.updatedAt = new Date();
  state.changes.emit('change');
  return before;
}

/** GitHub keeps one reaction of a kind per account. */
export function addReaction(
  state: State,
  comment: Comment,
  user: Account,
  content: string,
): { reaction: Reaction; isNew: boolean } {
  const known = comment.reactions.find((reaction) => reaction.content === content && reaction.user === user);
  if (known !== undefined) return { reaction: known, isNew: false };
  const reaction = { id: nextId(state), content, user, createdAt: new Date() };
  comment.reactions.push(reaction);
  state.changes.emit('change');
  return { reaction, isNew: true };
}
