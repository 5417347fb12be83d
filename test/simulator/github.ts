import type {
  Comment,
  DeliveryEntry,
  DeliveryList,
  GitHub,
  Markdown,
  Reaction,
  RepositoryName,
} from '../../src/outside/github/github.ts';
import { TryAgainLater, Unsure } from '../../src/outside/github/github.ts';
import type { GitHubFault } from './history.ts';
import { world } from './world.ts';

const repository: RepositoryName = { owner: 'EESSI', name: 'software-layer' };
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
}

/** GitHub: pull requests, comments, and the list of what it delivered. */
export class SimulatedGitHub implements GitHub, DeliveryList {
  readonly pullRequests = new Map<number, SimulatedPullRequest>();
  /** Oldest first. */
  readonly deliveries: SimulatedDelivery[] = [];
  /** Requests for other things than deliveries, which are looked for every five minutes. */
  requests = 0;
  readonly reactions = new Map<number, Set<Reaction>>();
  readonly #faultNow: () => GitHubFault['how'] | undefined;
  readonly #watcher: GitHubWatcher;
  #ids = 1000;

  constructor(faultNow: () => GitHubFault['how'] | undefined, watcher: GitHubWatcher) {
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

  /** Makes a delivery; whether it arrives is the relay's. */
  deliver(event: string, action: string, payload: object): SimulatedDelivery {
    const number = this.deliveries.length + 1;
    const delivery = {
      ...{ id: String(9_000 + number), guid: `guid-${number}`, event, action, at: world().now },
      body: JSON.stringify({
        action,
        ...payload,
        repository: { name: repository.name, owner: { login: repository.owner } },
      }),
    };
    this.deliveries.push(delivery);
    return delivery;
  }

  addReaction(_repository: RepositoryName, commentId: number, reaction: Reaction) {
    return this.#request<'done' | 'gone'>('add reaction', () => {
      if (this.#find(commentId) === undefined) return 'gone';
      const reactions = this.reactions.get(commentId) ?? new Set();
      this.reactions.set(commentId, reactions.add(reaction));
      return 'done';
    });
  }

  createComment(_repository: RepositoryName, issue: number, body: Markdown) {
    const create = () => {
      const comment = this.#add(issue, botLogin, true, body);
      this.#watcher.created(comment, issue);
      return comment;
    };
    return this.#request<Comment | 'gone'>('create comment', create, { isCreation: true });
  }

  updateComment(_repository: RepositoryName, commentId: number, body: Markdown) {
    return this.#request<'done' | 'gone'>(`edit comment ${commentId}`, () => {
      const comment = this.#find(commentId);
      if (comment === undefined) return 'gone';
      const before = comment.body;
      Object.assign(comment, { body });
      this.#watcher.edited(comment, before);
      return 'done';
    });
  }

  readComment(_repository: RepositoryName, commentId: number) {
    return this.#request<Comment | 'gone'>('read comment', () => copy(this.#find(commentId)) ?? 'gone');
  }

  listComments(_repository: RepositoryName, issue: number) {
    return this.#request<readonly Comment[]>('list comments', () =>
      this.#of(issue).comments.flatMap((each) => copy(each) ?? []),
    );
  }

  readPullRequest(_repository: RepositoryName, number: number) {
    return this.#request('read pull request', () => ({
      ...{ number, baseBranch: 'main', headSha: this.#of(number).heads.at(-1) ?? '' },
    }));
  }

  async readToken() {
    return 'token';
  }

  async readOwnLogin() {
    return botLogin;
  }

  listDeliveries(page?: string) {
    const start = page === undefined ? 0 : Number(page);
    return this.#request(
      'list deliveries',
      () => {
        const newestFirst = this.deliveries.toReversed();
        const entries = newestFirst.slice(start, start + entriesOfAPage).map(entryOf);
        const next = start + entriesOfAPage;
        return next < newestFirst.length ? { entries, next: String(next) } : { entries };
      },
      { isCounted: false },
    );
  }

  readDelivery(id: string) {
    const read = () => {
      const delivery = this.deliveries.find((each) => each.id === id);
      return delivery === undefined ? 'gone' : { headers: headersOf(delivery), body: delivery.body };
    };
    return this.#request('read delivery', read, { isCounted: false });
  }

  async #request<T>(name: string, apply: () => T, { isCreation = false, isCounted = true } = {}): Promise<T> {
    if (isCounted) this.requests++;
    return await world().request(`GitHub: ${name}`, () => {
      const fault = this.#fault();
      const lost = { cause: new Error(`simulated: GitHub ${fault}`) };
      if (fault === 'limits') throw new TryAgainLater('simulated: 403', { retryAfterSeconds: 60, ...lost });
      if (fault === 'is away') throw new TryAgainLater('simulated: 502', lost);
      const wasApplied = fault === undefined || world().random() < 0.7;
      const answer = wasApplied ? apply() : undefined;
      if (fault === undefined) return answer as T;
      if (isCreation) throw new Unsure('simulated: the answer was lost', lost);
      throw new TryAgainLater('simulated: the answer was lost', lost);
    });
  }

  #fault(): GitHubFault['how'] | undefined {
    const how = this.#faultNow();
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

  #find(id: number) {
    return [...this.pullRequests.values()].flatMap(({ comments }) => comments).find((comment) => comment.id === id);
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
function copy(comment: Comment | undefined): Comment | undefined {
  return comment === undefined ? undefined : { ...comment };
}
