/** Text that will be rendered as Markdown. What comes from outside becomes Markdown only through messages/escape-markdown.ts. */
export type Markdown = string & { readonly __brand: 'Markdown' };

/** A repository, from a verified payload: addresses and paths are built from these two fields only. */
export interface RepositoryName {
  /** An account, an organisation, or a group within others: `group/subgroup`. */
  readonly owner: string;
  readonly name: string;
}

/** Which pull request. */
export interface OfPullRequest {
  readonly repository: RepositoryName;
  readonly pullRequest: number;
}

/** A name between two slashes: it becomes part of paths and addresses. */
export const pathSegment = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;

/** The directory of a repository below one for all of them: two levels whatever its depth, as no segment has a `+`. */
export const repositoryDirectory = ({ owner, name }: RepositoryName) => `${owner.replaceAll('/', '+')}/${name}`;

/** A comment as the forge returns it. */
export interface Comment {
  readonly id: number;
  readonly url: string;
  readonly body: string;
  readonly author: { readonly login: string; readonly isBot: boolean };
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface PullRequest {
  readonly number: number;
  readonly baseBranch: string;
  /** The head commit when the forge was asked. */
  readonly headSha: string;
}

export type Reaction = 'eyes' | 'confused' | 'rocket';

/** `queued`, `running`, or how it ended. */
export const checkStates = ['queued', 'running', 'success', 'failure', 'cancelled', 'timed out'] as const;
export type CheckState = (typeof checkStates)[number];

/** What is shown beside a commit for one job that builds it. */
export interface Check {
  /** All digits. */
  readonly commit: string;
  /** The same for each job of a target: of several with one name the newest is shown. */
  readonly name: string;
  /** Our id, unique to this check: it is found again by it. */
  readonly identity: string;
  readonly state: CheckState;
  /** Plain text. */
  readonly title: string;
  readonly summary: Markdown;
  /** Below the summary. */
  readonly text?: Markdown;
  /** Where more is to be read. */
  readonly url?: string;
  /** ISO 8601. */
  readonly startedAt?: string;
  readonly endedAt?: string;
}

/**
 * Where repositories and their pull requests live, in our words. The real one: github/octokit-github.ts.
 *
 * Expected answers are returned: `gone` if the thing no longer exists or may no longer be changed (deleted comment, locked conversation,
 * deleted or archived repository), by the forge's words or because it was repeatedly not shown. What may pass (rate limits, 5xx, no network)
 * throws {@link TryAgainLater}: {@link PerhapsGone} if it is not shown this time, {@link NeedsAdmin} if somebody has to act,
 * {@link NotPermitted} if by a permission. During a rate limit nothing is sent, and that throws at once. A create without an answer throws {@link Unsure}: look before repeating it. A
 * refusal throws {@link RefusedByForge}.
 */
export interface Forge {
  /** Idempotent: one reaction of a kind per account is kept. */
  addReaction(on: OfPullRequest, commentId: number, reaction: Reaction): Promise<'done' | 'gone'>;
  createComment(on: OfPullRequest, body: Markdown): Promise<Comment | 'gone'>;
  /** Sends the whole body: idempotent. */
  updateComment(on: OfPullRequest, commentId: number, body: Markdown): Promise<'done' | 'gone'>;
  readComment(on: OfPullRequest, commentId: number): Promise<Comment | 'gone'>;
  /** All, oldest first. */
  listComments(on: OfPullRequest): Promise<readonly Comment[]>;
  readPullRequest(which: OfPullRequest): Promise<PullRequest | 'gone'>;
  createCheck(repository: RepositoryName, check: Check): Promise<{ readonly id: number } | 'gone'>;
  /** Sends the whole check: idempotent. */
  updateCheck(repository: RepositoryName, id: number, check: Check): Promise<'done' | 'gone'>;
  /** The one of its identity, if there is one. */
  findCheck(repository: RepositoryName, check: Check): Promise<{ readonly id: number } | undefined | 'gone'>;
  /** The short form of a check: name, state, title, address. Idempotent: the newest of a name counts. */
  setCommitStatus(repository: RepositoryName, check: Check): Promise<'done' | 'gone'>;
  /** A short-lived token for reading the repositories. */
  readToken(): Promise<string>;
  /** The login of the bot's account, `my-app[bot]`. */
  readOwnLogin(): Promise<string>;
}

/** An attempt to deliver a webhook, as the forge's list shows it: without the payload. */
export interface DeliveryEntry {
  /** Of the attempt; a text, since it exceeds JavaScript's numbers. */
  readonly id: string;
  /** Of the delivery: the same for all attempts. */
  readonly guid: string;
  /** ISO 8601; the forge's clock. */
  readonly deliveredAt: string;
  readonly event: string;
  readonly action: string | undefined;
  readonly installationId: number | undefined;
}

/** What was sent: lower-case header names, and the payload as JSON. */
export interface SentDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The forge's own list of its deliveries to us, kept for three days. Its status is no proof of arrival: a relay may have dropped the
 * delivery afterwards. Fails as {@link Forge} does.
 */
export interface DeliveryList {
  /** The newest hundred, or the page after the one that gave `next`; newest first. */
  listDeliveries(page?: string): Promise<{ readonly entries: readonly DeliveryEntry[]; readonly next?: string }>;
  /** `gone`: it is no longer kept. */
  readDelivery(id: string): Promise<SentDelivery | 'gone'>;
}

/** Where git finds what lives on the forge. */
export interface GitPlaces {
  /** Where a repository is cloned from: built from owner and name, never taken from a payload. */
  addressOf(repository: RepositoryName): string;
  /** The reference of a pull request's head. */
  headOf(pullRequest: number): string;
  /** Scheme and host that may be given the forge's token; absent where git needs none. */
  readonly tokenServer?: string;
}

/** Addresses of the forge's pages, and of what a statement names by an address. A repository is `owner/name`. */
export interface ForgePages {
  ofRepository(repository: string): string;
  ofPullRequest(repository: string, pullRequest: number): string;
  /** Of the bot, by the name that it has there. */
  ofBot(name: string): string;
  /** Not for browsers: where git finds the changes of a pull request, as in-toto statements write it. */
  changesOf(repository: string, pullRequest: number): string;
}

/** A request that was sent to the forge, for metrics. */
export interface RequestFacts {
  /** The kind of request: one of a few words of ours. */
  readonly request: string;
  /** The HTTP status; absent: no answer came. */
  readonly status?: number;
  /** The rate limit that the request counts against, from the answer. */
  readonly budget?: {
    readonly as: 'installation' | 'app';
    readonly resource: string;
    readonly limit: number;
    readonly remaining: number;
    /** When it is whole again, in seconds since 1970, by the forge's clock. */
    readonly resetsAt: number;
  };
}

/** It was not done; retry later. `retryAfterSeconds`: the forge's own wish, if any. */
export class TryAgainLater extends Error {
  readonly retryAfterSeconds: number | undefined;
  constructor(message: string, options: { retryAfterSeconds?: number; cause: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'TryAgainLater';
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** The forge has asked to wait, and the wait is not over: nothing was sent. */
export class NotSentYet extends TryAgainLater {
  override name = 'NotSentYet';
}

/** The forge does not show it (404): a passing fault, or gone. Repeated asking tells. */
export class PerhapsGone extends TryAgainLater {
  override name = 'PerhapsGone';
}

/**
 * The forge, or something on the way, refuses until an admin of the site or an owner of the organisation changes something: a permission, the
 * allow list, the installation, the key. The message says what. Nothing was done.
 */
export class NeedsAdmin extends TryAgainLater {
  override name = 'NeedsAdmin';
}

/** The App has no permission for this kind of request: all others may work. */
export class NotPermitted extends NeedsAdmin {
  override name = 'NotPermitted';
}

/** The forge understood the request and refuses it (422 and the like): a retry does not help. */
export class RefusedByForge extends Error {
  override name = 'RefusedByForge';
}

/** The answer was lost: it may have been done. */
export class Unsure extends Error {
  override name = 'Unsure';
}
