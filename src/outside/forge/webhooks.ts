import type { RepositoryName } from './forge.ts';

// What a forge sends by itself, in our words.

interface OnRepository {
  readonly repository: RepositoryName;
  /** Login of who did it. */
  readonly sender: string;
  /** The forge's number of that account. */
  readonly senderId?: number;
}

interface OnPullRequest extends OnRepository {
  readonly pullRequest: number;
}

/** The state of a pull request as a signed event tells it. */
export interface PullRequestState {
  readonly baseBranch: string;
  readonly headSha: string;
  /** The head until then, where this event is a push. */
  readonly headBefore?: string;
  /** ISO 8601; the forge's clock. */
  readonly updatedAt: string;
}

export interface CommentEvent extends OnPullRequest {
  readonly kind: 'comment';
  readonly comment: { readonly id: number; readonly body: string; readonly createdAt: string };
  readonly senderIsBot: boolean;
  /** The App through which its author sent it, as in the App's address. */
  readonly viaApp?: string;
  /** False: it stands on an issue. */
  readonly isPullRequest: boolean;
  /** `created`, `edited`, `deleted`. */
  readonly action: string;
}

export interface PullRequestEvent extends OnPullRequest {
  readonly kind: 'pull-request';
  readonly action: 'opened' | 'closed' | 'changed';
  /** One event may tell of several labels. */
  readonly labelsAdded: readonly string[];
  readonly labelsRemoved: readonly string[];
  readonly state: PullRequestState;
  /** Of one that was closed. */
  readonly merged?: boolean;
}

/** Somebody pressed the button that runs checks again. */
export interface RerequestEvent extends OnRepository {
  readonly kind: 'rerequested';
  /** Absent: all of the App and the commit. */
  readonly check?: { readonly identity: string; readonly name: string };
  readonly commit: string;
  /** The App whose checks they are. */
  readonly appId: number;
  readonly senderIsBot: boolean;
}

export type ForgeEvent =
  | CommentEvent
  | PullRequestEvent
  | RerequestEvent
  | { readonly kind: 'ignored'; readonly why: string };

export interface WebhookSecrets {
  readonly current: string;
  /** Still accepted while the secret is being changed. */
  readonly previous?: string;
}

/** A header of a delivery, by its name in small letters. */
export type HeaderOf = (name: string) => string | undefined;

/** What a delivery tells before all of it is read. */
export interface Glance {
  /** Of the App: where it is installed. */
  readonly installation?: number;
  /** In milliseconds, by the forge's clock. */
  readonly happenedAt?: number;
  /** The id of the comment, if the delivery says that it is new. */
  readonly newComment?: number;
  /** In the forge's words. */
  readonly action?: string;
}

/** Reads what the forge sends. The real one: github/github-webhooks.ts. */
export interface Webhooks {
  /** The names of its headers, as its documentation spells them. */
  readonly headerNames: { readonly guid: string; readonly event: string; readonly signature: string };
  /** Whether a header is the forge's, by its lower-case name. Others, of a relay or a proxy, are left out. */
  isOwnHeader(name: string): boolean;
  /** The GUID and the event that a request claims (anybody may claim any), in the forge's words. */
  readHeaders(header: HeaderOf): { readonly guid?: string; readonly event?: string };
  /** Whether it has a signature at all. */
  hasSignature(header: HeaderOf): boolean;
  /** Whether its signature is the forge's, over the bytes as they came. `allowSha1`: also a weaker one. */
  isSigned(body: Buffer, header: HeaderOf, secrets: WebhookSecrets, allowSha1: boolean): boolean;
  /** The texts that a parsed payload may have had, likeliest first: the signature covers the text. */
  writtenAnew(payload: object): readonly string[];
  /** A first look at a verified payload of any shape. */
  glance(event: string, payload: object): Glance;
  /** Whether the forge sends such events to the bot, in its words, asked for or not: anybody can send another word. */
  isSentToUs(event: string): boolean;
  /** Whether such an event may be about a push to a pull request: others need not be read for that. */
  mayTellOfPush(event: string): boolean;
  /** Whether there may be something to do for such a delivery, both in the forge's words: nothing else is fetched. */
  isHandled(event: string, action: string | undefined): boolean;
  /** Reads a verified payload. Throws if its shape is unexpected, and says what was missing. */
  readEvent(event: string, payload: unknown): ForgeEvent;
}
