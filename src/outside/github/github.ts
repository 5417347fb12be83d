/** Text that will be rendered as Markdown. What comes from outside becomes Markdown only through messages/escape-markdown.ts. */
export type Markdown = string & { readonly __brand: 'Markdown' };

/** A GitHub repository, from the fields of a verified payload: addresses are built from these two alone. */
export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

/** A comment as GitHub gives it back. */
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
  /** Commit that was the head when GitHub was asked. */
  readonly headSha: string;
}

export type Reaction = 'eyes' | 'confused';

/**
 * GitHub in our words. The real one: octokit-github.ts.
 *
 * What is expected is an answer: `gone` where the thing no longer exists or may no longer be changed (deleted comment, locked
 * conversation, deleted or archived repository): GitHub has said so, or has not shown it however often it was asked. Whatever may pass
 * (rate limits, 5xx, no network) is thrown as {@link TryAgainLater}: as {@link PerhapsGone} what GitHub does not show this time, as
 * {@link NeedsAdmin} what passes only when somebody acts. While GitHub asks to wait nothing is sent, and that is thrown at once. A create
 * after which nothing came back is thrown as {@link Unsure}: look before repeating it. What GitHub refuses is {@link RefusedByGitHub}.
 */
export interface GitHub {
  /** Safe to do twice: GitHub keeps one reaction of a kind per account. */
  addReaction(repository: RepositoryName, commentId: number, reaction: Reaction): Promise<'done' | 'gone'>;
  createComment(repository: RepositoryName, issue: number, body: Markdown): Promise<Comment | 'gone'>;
  /** Sends the whole body: safe to do twice. */
  updateComment(repository: RepositoryName, commentId: number, body: Markdown): Promise<'done' | 'gone'>;
  readComment(repository: RepositoryName, commentId: number): Promise<Comment | 'gone'>;
  /** All of them, oldest first, whatever their number. */
  listComments(repository: RepositoryName, issue: number): Promise<readonly Comment[]>;
  readPullRequest(repository: RepositoryName, number: number): Promise<PullRequest | 'gone'>;
  /** A short-lived token that reads the repositories of the installation. */
  readToken(): Promise<string>;
  /** The login of the bot account that this App writes as, `my-app[bot]`. */
  readOwnLogin(): Promise<string>;
}

/** An attempt to deliver a webhook, as GitHub's list shows it: without the payload. */
export interface DeliveryEntry {
  /** Of the attempt; a text, since these numbers are larger than a JavaScript number can be. */
  readonly id: string;
  /** Of the delivery: the same for each attempt. */
  readonly guid: string;
  /** ISO 8601; GitHub's clock. */
  readonly deliveredAt: string;
  readonly event: string;
  readonly action: string | undefined;
  readonly installationId: number | undefined;
}

/** What was sent: header names in lower case, and the payload as JSON. */
export interface SentDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * GitHub's own list of the deliveries to this App, which it keeps for three days. Whether it believes that one arrived says nothing:
 * a relay may have dropped it afterwards. Fails as {@link GitHub} does.
 */
export interface DeliveryList {
  /** The newest hundred, or those that follow after the page that gave `next`; newest first. */
  listDeliveries(page?: string): Promise<{ readonly entries: readonly DeliveryEntry[]; readonly next?: string }>;
  /** `gone`: GitHub keeps it no longer. */
  readDelivery(id: string): Promise<SentDelivery | 'gone'>;
}

/** GitHub did not do it this time, and it was not done. `retryAfterSeconds` is GitHub's own wish, where it has one. */
export class TryAgainLater extends Error {
  readonly retryAfterSeconds: number | undefined;
  constructor(message: string, options: { retryAfterSeconds?: number; cause: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'TryAgainLater';
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** GitHub does not show it (404). That may pass, or it is gone: asked again, later, it is known. */
export class PerhapsGone extends TryAgainLater {
  override name = 'PerhapsGone';
}

/**
 * GitHub, or something on the way to it, does not let the App do it, until an admin of the site or an owner of the organisation has changed
 * something: a permission, the allow list, the installation, the key. The message says what. Nothing was done.
 */
export class NeedsAdmin extends TryAgainLater {
  override name = 'NeedsAdmin';
}

/** GitHub understood the request and will not do it (422 and the like): asking again does not help. */
export class RefusedByGitHub extends Error {
  override name = 'RefusedByGitHub';
}

/** It may have been done or not: the answer was lost. */
export class Unsure extends Error {
  override name = 'Unsure';
}
