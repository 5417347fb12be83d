import type {
  Check,
  Comment,
  DeliveryEntry,
  DeliveryList,
  Forge,
  Markdown,
  OfPullRequest,
  PullRequest,
  Reaction,
  RepositoryName,
  SentDelivery,
} from '../../src/outside/forge/forge.ts';
import { PerhapsGone, RefusedByForge, TryAgainLater, Unsure } from '../../src/outside/forge/forge.ts';
import { Doubts } from '../../src/outside/forge/github/doubts.ts';
import { jobOf, rowsOf } from './bot-comments.ts';
import type { GitHubFault } from './history.ts';
import type { Process } from './process.ts';
import { world } from './world.ts';

const installationId = 12_345_678;
const botLogin = 'bot-a[bot]';
const entriesOfAPage = 5;

export interface SimulatedPullRequest {
  readonly number: number;
  readonly heads: string[];
  readonly comments: (Comment & { readonly pullRequest: number })[];
}

/** A delivery as GitHub made it. */
export interface SimulatedDelivery {
  readonly id: string;
  readonly guid: string;
  readonly event: string;
  readonly action: string;
  readonly at: number;
  readonly body: string;
}

/** What the invariants listen to. */
export interface GitHubWatcher {
  created(comment: Comment, pullRequest: number): void;
  edited(comment: Comment, before: string): void;
  showed(check: Check, before: Check | undefined): void;
}

/** GitHub: pull requests, comments, and the list of what it delivered. */
export class SimulatedGitHub implements Forge, DeliveryList {
  readonly pullRequests = new Map<number, SimulatedPullRequest>();
  /** Oldest first. */
  readonly deliveries: SimulatedDelivery[] = [];
  /** Requests for other things than deliveries, which are looked for every five minutes. */
  requests = 0;
  readonly checks = new Map<number, Check>();
  readonly reactions = new Map<number, Set<Reaction>>();
  /** Conversations in which only people may write. */
  readonly locked = new Set<number>();
  isDeleted = false;
  /** Of each process: what hears the Date header of each answer. */
  readonly hearers = new WeakMap<Process, (date: string) => void>();
  readonly #longestTable: number;
  readonly #faultNow: () => GitHubFault['how'] | undefined;
  readonly #watcher: GitHubWatcher;
  readonly #doubts = new Doubts(() => world().now);
  #repository: RepositoryName = { owner: 'EESSI', name: 'software-layer' };
  #ids = 1000;

  constructor(longestTable: number, faultNow: () => GitHubFault['how'] | undefined, watcher: GitHubWatcher) {
    this.#longestTable = longestTable;
    this.#faultNow = faultNow;
    this.#watcher = watcher;
    for (const number of [1, 2]) this.pullRequests.set(number, { number, heads: [shaOf(number, 0)], comments: [] });
  }

  /** A person writes a comment. */
  write(pullRequest: number, login: string, body: string): Comment {
    return this.#add(pullRequest, login, false, body);
  }

  push(pullRequest: number): { before: string; after: string } {
    const { heads } = this.#of(pullRequest);
    const before = heads.at(-1) ?? '';
    const after = shaOf(pullRequest, heads.length);
    heads.push(after);
    return { before, after };
  }

  deleteComment(pullRequest: number, id: number): void {
    const { comments } = this.#of(pullRequest);
    const index = comments.findIndex((comment) => comment.id === id);
    if (index >= 0) comments.splice(index, 1);
  }

  /** From now on it has another name; requests to the old one are led to the new one. */
  transfer(): void {
    this.#repository = { owner: 'somebody-else', name: 'software-stack' };
  }

  /** Makes a delivery; whether it arrives is the relay's. */
  deliver(event: string, action: string, payload: object): SimulatedDelivery {
    const number = this.deliveries.length + 1;
    const delivery = {
      id: String(9_000 + number),
      guid: `guid-${number}`,
      event,
      action,
      at: world().now,
      body: JSON.stringify({
        action,
        ...payload,
        repository: { name: this.#repository.name, owner: { login: this.#repository.owner } },
      }),
    };
    this.deliveries.push(delivery);
    return delivery;
  }

  addReaction(_on: OfPullRequest, commentId: number, reaction: Reaction) {
    return this.#request<'done' | 'gone'>('add reaction', `comment ${commentId}`, () => {
      if (this.#writable(commentId) === 'locked') return 'gone';
      const reactions = this.reactions.get(commentId) ?? new Set();
      this.reactions.set(commentId, reactions.add(reaction));
      return 'done';
    });
  }

  createComment({ pullRequest: issue }: OfPullRequest, body: Markdown) {
    const create = () => {
      if (this.isDeleted) throw notShown();
      if (this.locked.has(issue)) return 'gone';
      this.#refuseLong(body);
      const comment = this.#add(issue, botLogin, true, body);
      this.#watcher.created(comment, issue);
      return comment;
    };
    return this.#request<Comment | 'gone'>('create comment', `issue ${issue}`, create, { isCreation: true });
  }

  updateComment(_on: OfPullRequest, commentId: number, body: Markdown) {
    return this.#request<'done' | 'gone'>(`edit comment ${commentId}`, `comment ${commentId}`, () => {
      const comment = this.#writable(commentId);
      if (comment === 'locked') return 'gone';
      this.#refuseLong(body);
      const before = comment.body;
      Object.assign(comment, { body });
      this.#watcher.edited(comment, before);
      return 'done';
    });
  }

  readComment(_on: OfPullRequest, commentId: number) {
    return this.#request<Comment | 'gone'>('read comment', `comment ${commentId}`, () => copy(this.#there(commentId)));
  }

  listComments({ pullRequest: issue }: OfPullRequest) {
    const list = () => {
      if (this.isDeleted) throw notShown();
      return this.#of(issue).comments.map(copy);
    };
    return this.#request<readonly Comment[] | 'gone'>('list comments', `issue ${issue}`, list).then((all) =>
      all === 'gone' ? [] : all,
    );
  }

  readPullRequest({ pullRequest: number }: OfPullRequest) {
    return this.#request<PullRequest | 'gone'>('read pull request', `issue ${number}`, () => {
      if (this.isDeleted) throw notShown();
      return { number, baseBranch: 'main', headSha: this.#of(number).heads.at(-1) ?? '' };
    });
  }

  createCheck(_repository: RepositoryName, check: Check) {
    const create = () => {
      if (this.isDeleted) throw notShown();
      const id = ++this.#ids;
      this.checks.set(id, check);
      this.#watcher.showed(check, undefined);
      return { id };
    };
    return this.#request<{ id: number } | 'gone'>('create check', `commit ${check.commit}`, create, {
      isCreation: true,
    });
  }

  updateCheck(_repository: RepositoryName, id: number, check: Check) {
    return this.#request<'done' | 'gone'>(`update check ${id}`, `check ${id}`, () => {
      const before = this.checks.get(id);
      if (this.isDeleted || before === undefined) throw notShown();
      this.checks.set(id, check);
      this.#watcher.showed(check, before);
      return 'done';
    });
  }

  findCheck(_repository: RepositoryName, { commit, identity }: Check) {
    return this.#request<{ id: number } | undefined | 'gone'>('find check', `commit ${commit}`, () => {
      if (this.isDeleted) throw notShown();
      const found = [...this.checks].find(([, each]) => each.identity === identity);
      return found && { id: found[0] };
    });
  }

  setCommitStatus(_repository: RepositoryName, check: Check): Promise<'done' | 'gone'> {
    throw new Error(`no site of the simulator has commit statuses: ${check.name}`);
  }

  async readToken() {
    return await this.#request('read token', 'the token', () => 'token');
  }

  async readOwnLogin() {
    return botLogin;
  }

  listDeliveries(page?: string) {
    const start = page === undefined ? 0 : Number(page);
    return this.#request(
      'list deliveries',
      'the list of deliveries',
      () => {
        const newestFirst = this.deliveries.toReversed();
        const entries = newestFirst.slice(start, start + entriesOfAPage).map(entryOf);
        const next = start + entriesOfAPage;
        return next < newestFirst.length ? { entries, next: String(next) } : { entries };
      },
      { isOfApp: true },
    );
  }

  readDelivery(id: string) {
    const read = () => {
      const delivery = this.deliveries.find((each) => each.id === id);
      if (delivery === undefined) throw notShown();
      return { headers: headersOf(delivery), body: delivery.body };
    };
    return this.#request<SentDelivery | 'gone'>('read delivery', `delivery ${id}`, read, { isOfApp: true });
  }

  /** `subject`: what is asked about, and may be gone. */
  async #request<T>(
    name: string,
    subject: string,
    apply: () => T,
    { isCreation = false, isOfApp = false } = {},
  ): Promise<T> {
    if (!isOfApp) this.requests++;
    const hear = this.hearers.get(world().caller());
    const ask = () =>
      world().request(`GitHub: ${name}`, () => {
        // Not before GitHub answers at all. The process hears it a little early, which no clock notices.
        if (this.#faultNow() !== 'is away') hear?.(new Date(world().now).toUTCString());
        return this.#answer(apply, isCreation, isOfApp);
      });
    // What may not be gone is never in doubt for so long.
    return (await this.#doubts.ask(subject, ask)) as T;
  }

  #answer<T>(apply: () => T, isCreation: boolean, isOfApp: boolean): T {
    const fault = this.#fault(isOfApp);
    const lost = { cause: new Error(`simulated: GitHub ${fault}`) };
    if (fault === 'limits') throw new TryAgainLater('simulated: 403', { retryAfterSeconds: 60, ...lost });
    if (fault === 'is away') throw new TryAgainLater('simulated: 502', lost);
    if (fault === 'does not show') throw notShown();
    if (fault === 'suspends the installation') throw new TryAgainLater('simulated: no token', lost);
    const wasApplied = fault === undefined || world().random() < 0.7;
    const answer = wasApplied ? apply() : undefined;
    if (fault === undefined) return answer as T;
    if (isCreation) throw new Unsure('simulated: the answer was lost', lost);
    throw new TryAgainLater('simulated: the answer was lost', lost);
  }

  #fault(isOfApp: boolean): GitHubFault['how'] | undefined {
    const how = this.#faultNow();
    if (how === 'suspends the installation' && isOfApp) return undefined;
    if (how !== 'is unreliable') return how;
    return ([undefined, 'limits', 'is away', 'loses answers'] as const)[world().between(0, 3)];
  }

  #add(pullRequest: number, login: string, isBot: boolean, body: string) {
    const id = ++this.#ids;
    const createdAt = isoSeconds(world().now);
    const comment = { id, url: `https://github.test/${id}`, body, author: { login, isBot }, createdAt, pullRequest };
    this.#of(pullRequest).comments.push(comment);
    return comment;
  }

  #of(number: number): SimulatedPullRequest {
    const found = this.pullRequests.get(number);
    if (found === undefined) throw new Error(`there is no pull request ${number}`);
    return found;
  }

  #writable(id: number) {
    const comment = this.#there(id);
    return this.locked.has(comment.pullRequest) ? 'locked' : comment;
  }

  /** Of those with a job's table, since only these are made for such a limit. */
  #refuseLong(body: string): void {
    if (body.length > this.#longestTable && jobOf(body) !== undefined && rowsOf(body).length > 0)
      throw new RefusedByForge('simulated: 422 body is too long');
  }

  #there(id: number) {
    const all = this.isDeleted ? [] : [...this.pullRequests.values()].flatMap(({ comments }) => comments);
    const comment = all.find((each) => each.id === id);
    if (comment === undefined) throw notShown();
    return comment;
  }
}

export const headersOf = ({ guid, event }: SimulatedDelivery) => ({
  'x-github-delivery': guid,
  'x-github-event': event,
});

/** GitHub's clock has whole seconds. */
export function isoSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

function entryOf({ id, guid, event, action, at }: SimulatedDelivery): DeliveryEntry {
  return { id, guid, event, action, deliveredAt: isoSeconds(at), installationId };
}

function shaOf(pullRequest: number, push: number): string {
  return `${pullRequest}${String(push).padStart(3, '0')}`.padEnd(40, 'a');
}

/** As it was then: what comes over the wire does not change afterwards. */
function copy(comment: Comment): Comment {
  return { ...comment };
}

const notShown = () => new PerhapsGone('simulated: 404', { cause: undefined });
