import type { Glance } from '../webhooks.ts';

/** The members of any payload that are looked at: each may be anything. */
interface Seen {
  readonly action?: unknown;
  readonly installation?: { readonly id?: unknown } | null;
  readonly comment?: { readonly id?: unknown; readonly created_at?: unknown } | null;
  readonly pull_request?: { readonly updated_at?: unknown } | null;
}

/** A first look at a payload of GitHub. It never throws. */
export function glance(event: string, { action, installation, comment, pull_request }: Seen): Glance {
  const isNewComment = event === 'issue_comment' && action === 'created';
  const at = isNewComment ? comment?.created_at : event === 'pull_request' ? pull_request?.updated_at : undefined;
  const happenedAt = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  return {
    ...(typeof action === 'string' && { action }),
    ...(typeof installation?.id === 'number' && { installation: installation.id }),
    ...(!Number.isNaN(happenedAt) && { happenedAt }),
    ...(isNewComment && Number.isSafeInteger(comment?.id) && { newComment: Number(comment?.id) }),
  };
}
