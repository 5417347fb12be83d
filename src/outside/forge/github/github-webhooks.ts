import { z } from 'zod';
import { timeShape } from '../../files/shapes.ts';
import { pathSegment, type RepositoryName } from '../forge.ts';
import type { CommentEvent, ForgeEvent, PullRequestEvent, Webhooks } from '../webhooks.ts';
import { glance } from './glance.ts';
import { ownerLogin } from './owner-login.ts';
import { verifySignature } from './verify-signature.ts';
import { writtenAnew } from './written-anew.ts';

// GitHub's own rules for names; nothing else becomes part of a path or an address.
const login = z.string().regex(ownerLogin);
const pathName = z.string().regex(pathSegment);
const commit = z.string().regex(/^[0-9a-f]{40,64}$/);
const account = z.object({ login: z.string(), id: z.number().int().optional(), type: z.string().optional() });
const common = z.object({
  repository: z.object({ name: pathName, owner: z.object({ login }) }),
  sender: account,
});
const issueComment = common.extend({
  action: z.string(),
  issue: z.object({ number: z.int().positive(), pull_request: z.unknown().optional() }),
  comment: z.object({
    id: z.int().positive(),
    body: z.string(),
    created_at: timeShape,
    performed_via_github_app: z.object({ slug: z.string().optional(), id: z.number() }).nullish(),
  }),
});
const pullRequestEvent = common.extend({
  action: z.string(),
  label: z.object({ name: z.string() }).optional(),
  pull_request: z.object({
    number: z.int().positive(),
    updated_at: timeShape,
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

/** The events that the bot subscribes to, and those that every App gets. */
const sentToUs: ReadonlySet<string> = new Set([
  'issue_comment',
  'pull_request',
  'check_run',
  'check_suite',
  'ping',
  'installation',
]);

const handled: ReadonlySet<string> = new Set([
  'issue_comment/created',
  'check_run/rerequested',
  'check_suite/rerequested',
  ...['opened', 'labeled', 'unlabeled', 'closed', 'reopened', 'synchronize', 'edited'].map(
    (action) => `pull_request/${action}`,
  ),
]);

/** What GitHub sends: https://docs.github.com/en/webhooks/webhook-events-and-payloads */
export const gitHubWebhooks: Webhooks = {
  headerNames: { guid: 'X-GitHub-Delivery', event: 'X-GitHub-Event', signature: 'X-Hub-Signature-256' },
  isOwnHeader: (name) => /^(x-github-[a-z-]{1,60}|x-hub-signature(-256)?|user-agent|content-type|accept)$/.test(name),
  readHeaders(header) {
    const [guid, event] = [header('x-github-delivery'), header('x-github-event')];
    return { ...(guid !== undefined && { guid }), ...(event !== undefined && { event }) };
  },
  hasSignature: (header) => ['x-hub-signature-256', 'x-hub-signature'].some((name) => header(name) !== undefined),
  isSigned: verifySignature,
  writtenAnew,
  glance,
  isSentToUs: (event) => sentToUs.has(event),
  mayTellOfPush: (event) => event === 'pull_request',
  isHandled: (event, action) => handled.has(`${event}/${action}`),
  readEvent(event, payload) {
    switch (event) {
      case 'issue_comment':
        return readComment(issueComment.parse(payload));
      case 'pull_request':
        return readPullRequest(pullRequestEvent.parse(payload));
      case 'check_run':
      case 'check_suite':
        return readCheck(payload);
      default:
        return { kind: 'ignored', why: `nothing handles the event ${event}` };
    }
  },
};

function readComment({ action, comment, issue, repository, sender }: z.infer<typeof issueComment>): CommentEvent {
  const via = comment.performed_via_github_app;
  return {
    kind: 'comment',
    repository: nameOf(repository),
    pullRequest: issue.number,
    ...whoDidIt(sender),
    senderIsBot: isBot(sender),
    ...(via && { viaApp: via.slug ?? String(via.id) }),
    isPullRequest: issue.pull_request !== undefined && issue.pull_request !== null,
    comment: { id: comment.id, body: comment.body, createdAt: comment.created_at },
    action,
  };
}

function readPullRequest({
  before,
  label,
  pull_request,
  repository,
  sender,
  ...event
}: z.infer<typeof pullRequestEvent>): PullRequestEvent {
  const action = event.action === 'opened' || event.action === 'closed' ? event.action : 'changed';
  const labels = label === undefined ? [] : [label.name];
  return {
    kind: 'pull-request',
    action,
    labelsAdded: event.action === 'labeled' ? labels : [],
    labelsRemoved: event.action === 'unlabeled' ? labels : [],
    repository: nameOf(repository),
    pullRequest: pull_request.number,
    ...whoDidIt(sender),
    ...(action === 'closed' && typeof pull_request.merged === 'boolean' && { merged: pull_request.merged }),
    state: {
      baseBranch: pull_request.base.ref,
      headSha: pull_request.head.sha,
      ...(before !== undefined && { headBefore: before }),
      updatedAt: pull_request.updated_at,
    },
  };
}

function readCheck(payload: unknown): ForgeEvent {
  // Every App hears of every check; the shapes of other Apps' checks do not concern us.
  const { action } = z.object({ action: z.string() }).parse(payload);
  if (action !== 'rerequested') return { kind: 'ignored', why: `A check was ${action}; only buttons are obeyed.` };
  const { check_run: run, check_suite: suite, repository, sender } = checkEvent.parse(payload);
  const what = run ?? suite;
  if (what === undefined) return { kind: 'ignored', why: 'The check is not ours.' };
  return {
    kind: 'rerequested',
    repository: nameOf(repository),
    ...whoDidIt(sender),
    senderIsBot: isBot(sender),
    commit: what.head_sha,
    appId: what.app.id,
    ...(run && { check: { identity: run.external_id ?? '', name: run.name } }),
  };
}

const isBot = ({ login, type }: z.infer<typeof account>) => type === 'Bot' || login.toLowerCase().endsWith('[bot]');

const whoDidIt = ({ login, id }: z.infer<typeof account>) => ({
  sender: login,
  ...(id !== undefined && { senderId: id }),
});

const nameOf = (repository: { name: string; owner: { login: string } }): RepositoryName => ({
  owner: repository.owner.login,
  name: repository.name,
});
