import { pullRequestOfCheck } from '../../jobs/check-identity.ts';
import type {
  CommentEvent,
  ForgeEvent,
  PullRequestEvent,
  RerequestEvent,
  Webhooks,
} from '../../outside/forge/webhooks.ts';
import type { Account } from '../../permissions.ts';

export type CommentRoute = CommentEvent & {
  /** It is about the instance alone, and waits for no earlier comment. Found out once, when it is taken up. */
  readonly standsAlone?: boolean;
};

export type PullRequestRoute = Omit<PullRequestEvent, 'action' | 'labelsAdded' | 'labelsRemoved'> & {
  readonly what: 'opened' | 'changed' | 'deploy-label' | 'deploy-label-removed' | 'build-label' | 'closed';
};

export type RerequestRoute = RerequestEvent & {
  /** Absent if GitHub does not say, as for a fork. */
  readonly pullRequest?: number;
};

/** What a delivery is about, and who handles it. */
export type Route = CommentRoute | PullRequestRoute | RerequestRoute | Extract<ForgeEvent, { kind: 'ignored' }>;

/** Who did something. */
export type Sender = Pick<CommentRoute, 'sender' | 'senderId' | 'senderIsBot'>;

/** The account that did something. */
export function senderOf({ sender, senderId }: Omit<Sender, 'senderIsBot'>): Account {
  return { login: sender, ...(senderId !== undefined && { id: senderId }) };
}

function routeEvent(event: ForgeEvent): Route {
  switch (event.kind) {
    case 'pull-request': {
      const { action, labelsAdded, labelsRemoved, ...rest } = event;
      return { ...rest, what: action === 'changed' ? whatChanged(labelsAdded, labelsRemoved) : action };
    }
    case 'rerequested':
      return routeRerequest(event);
    case 'comment':
    case 'ignored':
      return event;
  }
}

interface SentText {
  readonly event: string;
  readonly body: string;
}

/** The route of a verified delivery. Throws if its shape is unexpected: it is set aside then, with what was missing. */
export function routeDelivery({ event, body }: SentText, { readEvent }: Webhooks): Route {
  return routeEvent(readEvent(event, JSON.parse(body)));
}

/** The route of a delivery; undefined if it cannot be understood. It is set aside when its turn comes. */
export function routeIfUnderstood(delivery: SentText, webhooks: Webhooks): Route | undefined {
  try {
    return routeDelivery(delivery, webhooks);
  } catch {
    return undefined;
  }
}

function routeRerequest(event: RerequestEvent): Route {
  if (event.check === undefined) return event;
  const pullRequest = pullRequestOfCheck(event.check.identity);
  return pullRequest === undefined ? { kind: 'ignored', why: 'The check is not ours.' } : { ...event, pullRequest };
}

function whatChanged(added: readonly string[], removed: readonly string[]): PullRequestRoute['what'] {
  if (added.includes('bot:deploy')) return 'deploy-label';
  if (removed.includes('bot:deploy')) return 'deploy-label-removed';
  if (added.includes('bot:build')) return 'build-label';
  return 'changed';
}
