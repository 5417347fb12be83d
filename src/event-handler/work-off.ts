import { type Attempts, afterFailure, type Failure, noAttempts, policies, whySetAside } from '../daemon/attempts.ts';
import type { Clock } from '../daemon/clock.ts';
import type { Logger } from '../daemon/logger.ts';
import { oneAtATime } from '../daemon/one-at-a-time.ts';
import { pause } from '../daemon/pause.ts';
import { pullRequestKey, repositoryKey } from '../jobs/forge-names.ts';
import { judgeError } from '../jobs/judge-error.ts';
import { prField } from '../jobs/log-fields.ts';
import { isDiskTrouble } from '../outside/files/disk-trouble.ts';
import { syncAgain } from '../outside/files/sync-directory.ts';
import type { Webhooks } from '../outside/forge/webhooks.ts';
import { wordsOf } from '../words-of.ts';
import { standsAlone } from './comment/stands-alone.ts';
import { type Route, routeDelivery } from './events/route.ts';
import type { AttemptCount } from './receive/attempt-counts.ts';
import { DamagedDelivery, type Delivery } from './receive/delivery.ts';
import type { Inbox } from './receive/inbox.ts';
import type { Tools } from './tools.ts';

interface WorkOffOptions {
  readonly inbox: Inbox;
  readonly webhooks: Webhooks;
  readonly stop: AbortSignal;
  readonly log: Logger;
  /** Handles one delivery. What it throws is judged here. */
  readonly handle: (route: Route, delivery: Delivery, own: Pick<Tools, 'log' | 'takenUpAt'>) => Promise<void>;
  /** Tells on the pull request that this delivery is set aside. */
  readonly tellOfFailure: (delivery: Delivery, log: Logger) => Promise<void>;
  /** Tells on the pull request that this delivery waits for a failure outside to pass. */
  readonly tellOfWait: (delivery: Delivery, error: unknown, log: Logger) => Promise<void>;
  /** Seconds between attempts; absent: as {@link policies} say. */
  readonly waitSeconds?: number;
  readonly monotonic: Clock['monotonic'];
}

/** Ignored deliveries need no order: this many are put away at once, and share directory syncs. */
const ignoredAtOnce = 8;

/** After this wait the pull request is told why. */
const patienceMilliseconds = 60_000;

/**
 * Handles the inbox: deliveries of one pull request in order of arrival, different pull requests in parallel. `bot: ping` and the like wait
 * for nobody: they are typed where an earlier command got no answer.
 * A delivery leaves `new/` when it was handled, or set aside after bounded retries. Only those of the same pull request wait for it.
 */
export class InboxWorker {
  readonly #options: WorkOffOptions;
  readonly #inTurn = oneAtATime();
  readonly #underWay = new Set<Promise<void>>();
  /** Files are read one after the other, so that each queue is in order of arrival. */
  #reading: Promise<void> = Promise.resolve();

  /** Files taken up and not put away yet. */
  readonly #taken = new Set<string>();
  /** Called when a delivery begins to wait for its retry. */
  readonly #onWait = new Map<string, () => void>();
  #ignored = 0;
  /** Failed attempts to read a file. */
  readonly #unreadable = new Map<string, Attempts>();

  constructor(options: WorkOffOptions) {
    this.#options = options;
    options.inbox.onArrival((name) => {
      this.#reading = this.#reading.then(() => this.#takeUp(name));
    });
  }

  /** Takes up all that is in the inbox, oldest first: left by an earlier process, or put there by another. */
  async lookForWork(): Promise<void> {
    const looking = this.#reading.then(async () => {
      const underWay = new Set(this.#taken); // copied before listing: what is put away meanwhile is not taken up again
      for (const name of await this.#options.inbox.waiting()) if (!underWay.has(name)) await this.#takeUp(name);
    });
    this.#reading = looking.catch(() => {}); // the caller gets the error; new arrivals go on
    await looking;
  }

  /** Makes one attempt now; resolves when nothing is under way, or when it waits for its retry. */
  async attemptNow(name: string): Promise<void> {
    const waits = Promise.withResolvers<void>();
    this.#onWait.set(name, waits.resolve);
    this.#reading = this.#reading.then(() => this.#takeUp(name));
    await Promise.race([this.idle(), waits.promise]);
    this.#onWait.delete(name);
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#reading;
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async #takeUp(name: string): Promise<void> {
    if (this.#taken.has(name)) return;
    this.#taken.add(name);
    await this.#enqueue(name);
  }

  async #enqueue(name: string): Promise<void> {
    const { inbox, webhooks, log, monotonic } = this.#options;
    const takenUpAt = monotonic();
    try {
      if ((await inbox.takeUp(name)) === 'repeated') {
        log.info({ name }, 'put a duplicate delivery away');
        this.#taken.delete(name);
        return;
      }
      const delivery = await inbox.read(name);
      const route = withStanding(routeDelivery(delivery, webhooks));
      const work = this.#inTurn(this.#keyOf(route), () => this.#workOff(name, route, delivery, takenUpAt))
        .catch((err: unknown) => log.error({ err, name }, 'a delivery could not be put away: retried'))
        .finally(() => {
          this.#underWay.delete(work);
          this.#taken.delete(name);
        });
      this.#underWay.add(work);
      this.#unreadable.delete(name);
    } catch (error) {
      await this.#leaveUnread(name, error);
      this.#taken.delete(name);
    }
  }

  /** If the disk fails, the next look reads it again. What is not a delivery is set aside at once. */
  async #leaveUnread(name: string, error: unknown): Promise<void> {
    const { inbox, log } = this.#options;
    const failure: Failure = { kind: isDiskTrouble(error) ? 'own' : 'unusable' };
    const before = this.#unreadable.get(name) ?? noAttempts;
    const { attempts, next } = afterFailure(before, failure, policies['delivery that cannot be read']);
    this.#unreadable.set(name, attempts);
    if (next.kind === 'again') {
      log.warn({ err: error, name, times: attempts.all }, 'a delivery cannot be read: retried within a minute');
      return;
    }
    log.error({ err: error, name }, 'set a delivery aside: it cannot be understood');
    const isDamaged = error instanceof DamagedDelivery;
    await (isDamaged
      ? inbox.setDamagedAside(name, wordsOf(error))
      : inbox.setAside(name, `it cannot be understood: ${wordsOf(error)}`)
    ).catch((err: unknown) => log.error({ err, name }, 'could not set a delivery aside'));
  }

  /** Deliveries with the same key are handled in order. */
  #keyOf(route: Route): string {
    if (route.kind === 'ignored') return `ignored ${this.#ignored++ % ignoredAtOnce}`;
    const { repository, pullRequest } = route;
    // Its pull request is found later. Plans for one pull request are made one at a time there, too.
    if (pullRequest === undefined) return repositoryKey(repository);
    const key = pullRequestKey({ repository, pullRequest });
    return route.kind === 'comment' && route.standsAlone ? `alone ${key}` : key;
  }

  async #workOff(name: string, route: Route, delivery: Delivery, takenUpAt: number): Promise<void> {
    const { inbox, stop, monotonic } = this.#options;
    const log = this.#options.log.child({ delivery: delivery.guid, event: delivery.event, ...subject(route) });
    const since = monotonic() - inbox.attemptCounts.of(name).attempts.forMilliseconds;
    let failure: unknown;
    let isHandled = false;
    while (!stop.aborted) {
      try {
        await syncAgain(failure);
        // Only once: if putting it away failed halfway, its plan may be gone, and a second run would plan anew.
        if (!isHandled) await this.#handle(name, route, delivery, { log, takenUpAt });
        isHandled = true;
        return await inbox.putAway(name);
      } catch (error) {
        failure = error;
        const seconds = await this.#failed(name, delivery, error, monotonic() - since, log);
        if (seconds === undefined) return;
        this.#onWait.get(name)?.();
        await pause(seconds * 1000, stop);
      }
    }
  }

  async #handle(name: string, ...handled: Parameters<WorkOffOptions['handle']>): Promise<void> {
    const { received, attempts } = this.#options.inbox.attemptCounts.of(name);
    await this.#count(name, { received: received + 1, attempts }, handled[2].log);
    await this.#options.handle(...handled);
  }

  /** Gives back the seconds until the retry; undefined: it was set aside. */
  async #failed(name: string, delivery: Delivery, error: unknown, forMilliseconds: number, log: Logger) {
    const { inbox, tellOfFailure, tellOfWait, waitSeconds } = this.#options;
    const failure = judgeError(error);
    const before = inbox.attemptCounts.of(name).attempts;
    const { attempts, next } = afterFailure(before, failure, policies.delivery, forMilliseconds);
    if (next.kind === 'set aside') {
      log.error({ err: error, attempt: attempts.all }, 'set a delivery aside');
      await onceSynced(error, () => tellOfFailure(delivery, log)).catch((err: unknown) =>
        log.error({ err }, 'could not tell on the pull request that a delivery was set aside'),
      );
      await inbox.setAside(name, whySetAside(attempts, wordsOf(error)));
      return undefined;
    }
    const seconds = waitSeconds ?? next.afterSeconds;
    log.warn({ err: error, attempt: attempts.all, seconds }, 'a delivery failed: retried later');
    if (failure.kind === 'outside' && forMilliseconds + seconds * 1000 > patienceMilliseconds)
      await onceSynced(error, () => tellOfWait(delivery, error, log)).catch((err: unknown) =>
        log.info({ err }, 'could not tell on the pull request that a delivery waits'),
      );
    await this.#count(name, { received: 0, attempts }, log);
    return seconds;
  }

  /** If an attempt cannot be counted, it is made nevertheless. */
  async #count(name: string, count: AttemptCount, log: Logger): Promise<void> {
    await this.#options.inbox.attemptCounts
      .keep(name, count)
      .catch((err: unknown) => log.warn({ err }, 'could not count an attempt'));
  }
}

const withStanding = (route: Route): Route =>
  route.kind === 'comment' ? { ...route, standsAlone: standsAlone(route.comment.body) } : route;

/** Nothing is told of a plan that a power cut may undo: after it the answer would not be known, and posted a second time. */
async function onceSynced(failure: unknown, tell: () => Promise<void>): Promise<void> {
  await syncAgain(failure);
  await tell();
}

/** Fields of log lines. The pull request of a check is found later; until then the repository is logged. */
function subject(route: Route): { pr?: string; repository?: string } {
  if (route.kind === 'ignored') return {};
  const { repository, pullRequest } = route;
  return pullRequest === undefined ? { repository: repositoryKey(repository) } : prField({ repository, pullRequest });
}
