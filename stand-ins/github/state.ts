import { EventEmitter } from 'node:events';
import type { ApiRequest, AppSettings, Delivery, GitHubOptions } from './github-stand-in.ts';

/** Everything that this GitHub knows. Plain values; the HTTP faces and the story change it and then say so. */
export interface State {
  readonly app: GitHubOptions['app'];
  readonly apiUrl: string;
  readonly serverUrl: string;
  /** By name in lower case: GitHub compares names so. */
  readonly repositories: Map<string, Repository>;
  /** Names that repositories had before, in lower case: GitHub redirects from them. */
  readonly formerNames: Map<string, Repository>;
  readonly accounts: Map<string, Account>;
  readonly tokens: Map<string, Token>;
  readonly requests: ApiRequest[];
  readonly deliveries: Delivery[];
  readonly violations: string[];
  /** Emits `change` at every change. */
  readonly changes: EventEmitter;
  readonly startedAt: Date;
  /** An admin of the organisation has suspended the installation of the App, or removed it. */
  installation: 'active' | 'suspended' | 'removed';
  /** Those of the App that not every App has. */
  readonly permissions: Set<'checks' | 'statuses'>;
  /** What the App asks for and its installation grants, and where deliveries go, as its page has it. */
  appSettings: AppSettings;
  /** Code -> what it is exchanged for. */
  readonly registrations: Map<string, { readonly pem: string; readonly webhookSecret: string }>;
  lastId: number;
}

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot' | 'Organization';
}

export interface Token {
  readonly user: Account;
  readonly expiresAt: Date;
}

export interface Repository {
  readonly id: number;
  owner: Account;
  name: string;
  fullName: string;
  /** Read-only for everybody. */
  archived: boolean;
  readonly private: boolean;
  readonly defaultBranch: string;
  readonly createdAt: Date;
  /** Of the bare repository. */
  readonly directory: string;
  /** By number, the pull requests among them. */
  readonly issues: Map<number, Issue>;
  /** Label name -> id. */
  readonly labels: Map<string, number>;
  /** By id, oldest first; deleted ones are gone. */
  readonly comments: Map<number, Comment>;
  /** Heads that its pull requests have, or had. */
  readonly commits: Set<string>;
  /** By id, oldest first. */
  readonly checkRuns: Map<number, CheckRun>;
  /** Oldest first. */
  readonly statuses: CommitStatus[];
}

/** Texts as they were sent. */
export interface CheckRun {
  readonly id: number;
  readonly repository: Repository;
  readonly sha: string;
  readonly suite: number;
  readonly name: string;
  readonly externalId: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly text: string | null;
  readonly detailsUrl: string | null;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
}

export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly context: string;
  readonly state: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly createdAt: Date;
}

/** A pull request, too, is an issue: it is numbered and discussed like one. */
export interface Issue {
  readonly repository: Repository;
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  readonly title: string;
  readonly body: string;
  readonly createdAt: Date;
  readonly labels: Set<string>;
  state: 'open' | 'closed';
  locked: boolean;
  updatedAt: Date;
  closedAt: Date | undefined;
}

export interface PullRequest extends Issue {
  readonly branch: string;
  readonly base: string;
  baseSha: string;
  headSha: string;
  size: ChangeSize;
  merge: { readonly sha: string; readonly by: Account } | undefined;
}

/** How much a pull request changes. */
export interface ChangeSize {
  readonly commits: number;
  readonly additions: number;
  readonly deletions: number;
  readonly files: number;
}

export interface Comment {
  readonly id: number;
  readonly repository: Repository;
  readonly number: number;
  readonly author: Account;
  readonly createdAt: Date;
  readonly reactions: Reaction[];
  body: string;
  updatedAt: Date;
}

export interface Reaction {
  readonly id: number;
  readonly content: string;
  readonly user: Account;
  readonly createdAt: Date;
}

/** A GitHub on which nothing happened yet. */
export function newState(app: GitHubOptions['app'], serverUrl: string): State {
  return {
    app,
    serverUrl,
    apiUrl: `${serverUrl}/api/v3`,
    repositories: new Map(),
    formerNames: new Map(),
    accounts: new Map(),
    registrations: new Map(),
    tokens: new Map(),
    requests: [],
    deliveries: [],
    violations: [],
    changes: new EventEmitter().setMaxListeners(0),
    startedAt: new Date(),
    installation: 'active',
    permissions: new Set(['checks', 'statuses']),
    appSettings: {
      permissions: { contents: 'read', issues: 'write', metadata: 'read', pull_requests: 'write' },
      events: ['check_run', 'check_suite', 'issue_comment', 'pull_request'],
      hook: { url: 'https://smee.example/channel', contentType: 'json', hasSecret: true },
    },
    lastId: 1000,
  };
}

/** A number that nothing else on this GitHub has. */
export function nextId(state: State): number {
  state.lastId += 1;
  return state.lastId;
}

/** The account of that login, made if it is new. */
export function accountOf(state: State, login: string, type?: Account['type']): Account {
  const known = state.accounts.get(login.toLowerCase());
  if (known !== undefined) return known;
  const account = { id: nextId(state), login, type: type ?? (login.endsWith('[bot]') ? 'Bot' : 'User') };
  state.accounts.set(login.toLowerCase(), account);
  return account;
}

/** The account in whose name the App writes. */
export function botOf(state: State): Account {
  return accountOf(state, `${state.app.slug}[bot]`);
}

/** Whose token this is, unless it is unknown or has expired. */
export function userOfToken(state: State, token: string | undefined): Account | undefined {
  const known = token === undefined ? undefined : state.tokens.get(token);
  return known === undefined || known.expiresAt <= new Date() ? undefined : known.user;
}

/** The repository, for callers who know that there is one. */
export function repositoryOf(state: State, fullName: string): Repository {
  const repository = state.repositories.get(fullName.toLowerCase());
  if (repository !== undefined) return repository;
  throw new Error(`There is no repository ${fullName} on this GitHub: create it first.`);
}

export function isPullRequest(issue: Issue | undefined): issue is PullRequest {
  return issue !== undefined && 'headSha' in issue;
}

/** The issue or pull request, for callers who know that there is one. */
export function issueOf(state: State, fullName: string, number: number): Issue {
  const issue = repositoryOf(state, fullName).issues.get(number);
  if (issue !== undefined) return issue;
  throw new Error(`There is no issue or pull request ${number} in ${fullName}: open it first.`);
}

/** The pull request, for callers who know that there is one. */
export function pullRequestOf(state: State, fullName: string, number: number): PullRequest {
  const issue = issueOf(state, fullName, number);
  if (isPullRequest(issue)) return issue;
  throw new Error(`${fullName}#${number} is an issue, not a pull request.`);
}

/** What an issue and a pull request begin with. */
export function newIssue(
  state: State,
  repository: Repository,
  opened: { user: string; title: string; body: string; number: number | undefined },
): Issue {
  const now = new Date();
  return {
    repository,
    id: nextId(state),
    number: opened.number ?? Math.max(0, ...repository.issues.keys()) + 1,
    author: accountOf(state, opened.user),
    title: opened.title,
    body: opened.body,
    createdAt: now,
    labels: new Set(),
    state: 'open',
    locked: false,
    updatedAt: now,
    closedAt: undefined,
  };
}

/** The comment, for callers who know that there is one. */
export function commentOf(state: State, fullName: string, id: number): Comment {
  const comment = repositoryOf(state, fullName).comments.get(id);
  if (comment !== undefined) return comment;
  throw new Error(`There is no comment ${id} in ${fullName}: it was deleted, or it is another repository's.`);
}

/** Oldest first. */
export function commentsOn(issue: Issue): Comment[] {
  return [...issue.repository.comments.values()].filter((comment) => comment.number === issue.number);
}
