import { z } from 'zod';
import { pullRequestOfCheck } from '../jobs/check-identity.ts';
import { nameInOwner } from '../jobs/forge-names.ts';
import type { RepositoryName } from '../outside/forge/forge.ts';
import type { Account } from '../permissions.ts';

interface OnPullRequest {
  readonly repository: RepositoryName;
  readonly pullRequest: number;
  /** Login of who did it. */
  readonly sender: string;
  /** GitHub's number of that account. */
  readonly senderId?: number;
}

/** The state of a pull request as a signed event tells it. */
export interface PullRequestState {
  readonly baseBranch: string;
  readonly headSha: string;
  /** The head until then, where this event is a push. */
  readonly headBefore?: string;
  /** ISO 8601; GitHub's clock. */
  readonly updatedAt: string;
}

/** What a delivery is about, and who handles it. */
export type Route =
  | ({
      readonly kind: 'comment';
      readonly comment: { readonly id: number; readonly body: string; readonly createdAt: string };
      readonly senderIsBot: boolean;
      /** The App through which its author sent it, as in the App's address. */
      readonly viaApp?: string;
      readonly isPullRequest: boolean;
      readonly action: string;
    } & OnPullRequest)
  | ({
      readonly kind: 'pull-request';
      readonly what: 'opened' | 'changed' | 'deploy-label' | 'deploy-label-removed' | 'build-label' | 'closed';
      readonly state: PullRequestState;
      /** Of one that was closed. */
      readonly merged?: boolean;
    } & OnPullRequest)
  | ({
      readonly kind: 'rerequested';
      /** Absent: all of the App and the commit. */
      readonly check?: { readonly identity: string; readonly name: string };
      readonly commit: string;
      /** The App whose checks they are. */
      readonly appId: number;
      readonly senderIsBot: boolean;
      /** Absent: GitHub does not tell, as of a fork. */
      readonly pullRequest?: number;
    } & Omit<OnPullRequest, 'pullRequest'>)
  | { readonly kind: 'ignored'; readonly why: string };

export type RerequestRoute = Extract<Route, { kind: 'rerequested' }>;
export type CommentRoute = Extract<Route, { kind: 'comment' }>;
export type PullRequestRoute = Extract<Route, { kind: 'pull-request' }>;

/** The account that did something. */
export function senderOf({ sender, senderId }: Pick<OnPullRequest, 'sender' | 'senderId'>): Account {
  return { login: sender, ...(senderId !== undefined && { id: senderId }) };
}

// GitHub's own rule for names; nothing else becomes part of a path or an address.
const pathName = z.string().regex(nameInOwner);
const commit = z.string().regex(/^[0-9a-f]{40,64}$/);
const account = z.object({ login: z.string(), id: z.number().int().optional(), type: z.string().optional() });
const common = z.object({
  repository: z.object({ name: pathName, owner: z.object({ login: pathName }) }),
  sender: account,
});
const issueComment = common.extend({
  action: z.string(),
  issue: z.object({ number: z.int().positive(), pull_request: z.unknown().optional() }),
  comment: z.object({
    id: z.int().positive(),
    body: z.string(),
    created_at: z.string(),
    performed_via_github_app: z.object({ slug: z.string().optional(), id: z.number() }).nullish(),
  }),
});
const pullRequestEvent = common.extend({
  action: z.string(),
  label: z.object({ name: z.string() }).optional(),
  pull_request: z.object({
    number: z.int().positive(),
    updated_at: z.string(),
    base: z.object({ ref: z.string().min(1) }),
    head: z.object({ sha: commit }),
    merged: z.boolean().nullish(),
  }),
  before: commit.optional(),
});

const ofApp = { head_sha: commit, app: z.object({ id: z.number() }) };
const checkEvent = common.extend({
  action: z.string(),
  check_run: z.object({ ...ofApp, name: z.string(), external_id: z.string().nullish() }).optional(),
  check_suite: z.object(ofApp).optional(),
});

/** Reads a verified payload. One of an unexpected shape is an error: it is set aside, with what was missing. */
export function routeDelivery(event: string, payload: unknown): Route {
  switch (event) {
    case 'issue_comment':
      return routeComment(issueComment.parse(payload));
    case 'pull_request':
      return routePullRequest(pullRequestEvent.parse(payload));
    case 'check_run':
    case 'check_suite':
      return routeCheck(payload);
    default:
      return { kind: 'ignored', why: `nothing handles the event ${event}` };
  }
}

/** Of a delivery among others: undefined where it cannot be understood, for which it is set aside in its turn. */
export function routeIfUnderstood(delivery: { readonly event: string; readonly body: string }): Route | undefined {
  try {
    return routeDelivery(delivery.event, JSON.parse(delivery.body));
  } catch {
    return undefined;
  }
}

function routeComment({ action, comment, issue, repository, sender }: z.infer<typeof issueComment>): Route {
  const via = comment.performed_via_github_app;
  return {
    kind: 'comment',
    repository: nameOf(repository),
    pullRequest: issue.number,
    ...whoDidIt(sender),
    senderIsBot: sender.type === 'Bot',
    ...(via && { viaApp: via.slug ?? String(via.id) }),
    isPullRequest: issue.pull_request !== undefined && issue.pull_request !== null,
    comment: { id: comment.id, body: comment.body, createdAt: comment.created_at },
    action,
  };
}

function routePullRequest({
  action,
  before,
  label,
  pull_request,
  repository,
  sender,
}: z.infer<typeof pullRequestEvent>): Route {
  const what = whatHappened(action, label?.name);
  return {
    kind: 'pull-request',
    what,
    repository: nameOf(repository),
    pullRequest: pull_request.number,
    ...whoDidIt(sender),
    ...(what === 'closed' && typeof pull_request.merged === 'boolean' && { merged: pull_request.merged }),
    state: {
      baseBranch: pull_request.base.ref,
      headSha: pull_request.head.sha,
      ...(before !== undefined && { headBefore: before }),
      updatedAt: pull_request.updated_at,
    },
  };
}

function routeCheck(payload: unknown): Route {
  // Every App is told of every check; their shapes are none of our business.
  const { action } = z.object({ action: z.string() }).parse(payload);
  if (action !== 'rerequested') return { kind: 'ignored', why: `A check was ${action}; only buttons are obeyed.` };
  const { check_run: run, check_suite: suite, repository, sender } = checkEvent.parse(payload);
  const identity = run?.external_id ?? '';
  const pullRequest = pullRequestOfCheck(identity);
  const what = run ?? suite;
  if (what === undefined || (run !== undefined && pullRequest === undefined))
    return { kind: 'ignored', why: 'The check is none of ours.' };
  return {
    kind: 'rerequested',
    repository: nameOf(repository),
    ...(pullRequest !== undefined && { pullRequest }),
    ...whoDidIt(sender),
    senderIsBot: sender.type === 'Bot',
    commit: what.head_sha,
    appId: what.app.id,
    ...(run && { check: { identity, name: run.name } }),
  };
}

function whatHappened(action: string, label: string | undefined): PullRequestRoute['what'] {
  if (action === 'opened' || action === 'closed') return action;
  if (action === 'labeled' && label === 'bot:deploy') return 'deploy-label';
  if (action === 'unlabeled' && label === 'bot:deploy') return 'deploy-label-removed';
  if (action === 'labeled' && label === 'bot:build') return 'build-label';
  return 'changed';
}

const whoDidIt = ({ login, id }: z.infer<typeof account>) => ({
  sender: login,
  ...(id !== undefined && { senderId: id }),
});

const nameOf = (repository: { name: string; owner: { login: string } }): RepositoryName => ({
  owner: repository.owner.login,
  name: repository.name,
});
