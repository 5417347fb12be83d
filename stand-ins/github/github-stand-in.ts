import type { CheckRun, CommitStatus } from './state.ts';

/** A running stand-in: its addresses, what happened so far, and what people do on it. Repositories are named `OWNER/NAME`. */
export interface GitHubStandIn extends Story {
  /** `http://127.0.0.1:PORT/api/v3`, as of a GitHub Enterprise server. */
  readonly apiUrl: string;
  /** What clone addresses begin with: `serverUrl/OWNER/NAME.git`. */
  readonly serverUrl: string;
  /** Of the App; PKCS#1. */
  readonly privateKeyPem: string;
  /** A token that reads private repositories over git and the API, as a person's GITHUB_TOKEN does. */
  readonly personalToken: string;
  /** All API requests, oldest first, those for installation tokens included. */
  readonly requests: readonly ApiRequest[];
  /** All webhook deliveries, oldest first. */
  readonly deliveries: readonly Delivery[];
  /** What did not fit GitHub's OpenAPI description, as sentences. */
  readonly violations: readonly string[];

  pullRequest(repository: string, number: number): PullRequestView;
  /** Of a commit, oldest first. */
  checks(repository: string, sha: string): readonly CheckView[];
  /** Of a commit, the newest of each context. */
  statuses(repository: string, sha: string): readonly StatusView[];
  /** Of one pull request or issue, oldest first, without deleted ones. */
  comments(repository: string, number: number): readonly CommentView[];
  /** Resolves with a comment of the bot that fits and was not handed out before, as soon as there is one. */
  nextComment(fits?: (comment: CommentView) => boolean, limitSeconds?: number): Promise<CommentView>;
  /** Resolves with what `look` finds (neither undefined nor false), which is asked at every change of state. */
  waitFor<Found>(what: string, look: () => Found | undefined | false, limitSeconds?: number): Promise<Found>;
  /** Calls back at every change of state until the returned function is called. */
  onChange(listener: () => void): () => void;

  /** The next API requests (of that operation; `git`: requests of git) fail. Called again: queued behind the earlier ones. */
  failNext(failure: { readonly operationId?: string; readonly times: number; readonly fault: Fault }): void;
  /** From now on each request, of git too, is answered so many milliseconds after it came, as over a network. */
  answerAfter(milliseconds: number): void;
  /** Deliveries of the past that a relay dropped; GitHub believes that they arrived. Quick enough for thousands. */
  seedDeliveries(repository: string, seeds: readonly SeededDelivery[]): readonly Delivery[];
  /** Somebody has registered the App by its manifest, in a browser: the code to which GitHub leads. */
  registerApp(): string;
  /** Tokens handed out so far are worthless from now on. */
  expireTokens(): void;
  /** Ends everything; throws if there were violations. */
  close(): Promise<void>;
}

/** Of the App's page. */
export interface AppSettings {
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
  readonly hook: { readonly url: string; readonly contentType: string; readonly hasSecret: boolean };
}

/** With `comment`: a new one. Without: an edit, which no bot acts upon. */
export interface SeededDelivery {
  readonly at: Date;
  /** Of the pull request. */
  readonly number: number;
  readonly comment?: { readonly user: string; readonly body: string };
}

/** What people do. Each resolves when the webhook deliveries of it (and all before) were answered. */
export interface Story {
  createRepository(repository: {
    readonly name: string;
    readonly files: Files;
    readonly private?: boolean;
    /** Default: main. */
    readonly defaultBranch?: string;
  }): Promise<void>;
  /** Commits on a branch, which begins at the default branch if it is new. Gives the new head. */
  push(repository: string, branch: string, commits: readonly Commit[], user?: string): Promise<string>;
  /** Pushes the commits, then opens a pull request from the branch to `base` (the default branch). Gives its number. */
  openPullRequest(
    repository: string,
    request: {
      readonly branch: string;
      readonly user: string;
      readonly commits?: readonly Commit[];
      readonly base?: string;
      readonly title?: string;
      readonly body?: string;
      /** Default: the next free number. */
      readonly number?: number;
    },
  ): Promise<number>;
  /** An issue that is no pull request; the App hears nothing of it. Gives its number. */
  openIssue(repository: string, user: string, title: string): number;
  comment(repository: string, number: number, user: string, body: string): Promise<Delivery>;
  editComment(repository: string, commentId: number, user: string, body: string): Promise<Delivery>;
  deleteComment(repository: string, commentId: number, user: string): Promise<Delivery>;
  setLabel(repository: string, number: number, user: string, label: string): Promise<Delivery>;
  removeLabel(repository: string, number: number, user: string, label: string): Promise<Delivery>;
  closePullRequest(repository: string, number: number, user: string): Promise<Delivery>;
  mergePullRequest(repository: string, number: number, user: string): Promise<Delivery>;
  reopenPullRequest(repository: string, number: number, user: string): Promise<Delivery>;
  /** New comments are refused with 403 from now on. */
  lockConversation(repository: string, number: number): void;
  /** From now on it is not found. */
  deleteRepository(repository: string): void;
  /** Renames or transfers it: requests to the old name are redirected, as GitHub does. */
  renameRepository(before: string, after: string): void;
  /** Read-only from now on: changes are refused with 403. */
  archiveRepository(repository: string): void;
  /** `suspended`, `removed`: no tokens any more, and those handed out are refused. */
  setInstallation(installation: 'active' | 'suspended' | 'removed'): void;
  /** An owner of the organisation changes what the App may; it may both. */
  setPermission(permission: 'checks' | 'statuses', isGranted: boolean): void;
  /** The button `Re-run` of a check run; `check_suite`: that of all of its App and commit. */
  rerequestChecks(
    repository: string,
    checkId: number,
    user: string,
    which?: 'check_run' | 'check_suite',
  ): Promise<Delivery>;
  /** As an owner of the App changes its page. */
  changeApp(changes: Partial<AppSettings>): void;
  /** GitHub's greeting to a new webhook. */
  ping(): Promise<Delivery>;
  /** Sends a delivery once more, as an admin can on the App's page: same GUID. */
  redeliver(guid: string): Promise<Delivery>;
}

/** Files by path, a directory to copy, or a function that changes a working tree. In the first, null deletes. */
export type Files =
  | string
  | Readonly<Record<string, string | Uint8Array | null>>
  | ((workTree: string) => Promise<unknown>);

export interface Commit {
  readonly message: string;
  readonly files: Files;
}

export interface ApiRequest {
  readonly method: string;
  /** With the query, without `/api/v3`. */
  readonly path: string;
  /** Of the OpenAPI description, such as `issues/create-comment`; undefined where there is none. */
  readonly operationId: string | undefined;
  readonly at: Date;
  /** Undefined as long as there is no answer, or where the connection was cut. */
  status: number | undefined;
}

export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly action: string | undefined;
  readonly deliveredAt: Date;
  readonly redelivery: boolean;
  readonly durationSeconds: number;
  /** What GitHub believes: 502 where nobody listened, 504 after ten seconds without an answer. */
  readonly status: number;
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
  /** Undefined where nothing came back. */
  readonly response: { readonly headers: Readonly<Record<string, string>>; readonly body: string } | undefined;
}

export interface CommentView {
  readonly id: number;
  readonly repository: string;
  readonly number: number;
  readonly author: string;
  readonly body: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly reactions: readonly { readonly content: string; readonly user: string }[];
}

export type CheckView = Omit<CheckRun, 'repository' | 'suite'>;
export type StatusView = Pick<CommitStatus, 'context' | 'state' | 'description' | 'targetUrl'>;

export interface PullRequestView {
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly state: 'open' | 'closed';
  readonly merged: boolean;
  readonly branch: string;
  readonly base: string;
  readonly headSha: string;
  readonly labels: readonly string[];
}

/**
 * `cut-…`: the connection is closed without an answer, before or after the request took effect, or in the midst of the answer. `hang`: no
 * answer until close().
 */
export type Fault =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** Sent as it is; else GitHub's usual error body. */
      readonly body?: string;
    }
  | 'cut-before'
  | 'cut-after-applying'
  | 'cut-in-answer'
  | 'hang';

export interface GitHubOptions {
  /** Empty or not there yet; bare repositories are made in it, at OWNER/NAME.git. */
  readonly directory: string;
  readonly webhookSecret: string;
  readonly app: {
    readonly id: number;
    readonly slug: string;
    readonly installationId: number;
    /** PEM; else one is made. */
    readonly privateKey?: string;
  };
  /** Where webhooks go. Undefined: nobody gets them, and GitHub believes that they were delivered (Smee says 200 to it). */
  readonly webhookUrl?: () => string | undefined;
  /** How bodies of webhooks are written; else as JavaScript does. */
  readonly writeBody?: (payload: object) => string;
}
