import { type Attempts, afterFailure, type Failure, noAttempts, policies, whySetAside } from '../daemon/attempts.ts';
import type { Clock } from '../daemon/clock.ts';
import type { Logger } from '../daemon/logger.ts';
import { oneAtATime } from '../daemon/one-at-a-time.ts';
import { pause } from '../daemon/pause.ts';
import { pullRequestKey, repositoryKey } from '../jobs/forge-names.ts';
import { judgeError } from '../jobs/judge-error.ts';
import { prField } from '../jobs/log-fields.ts';
import { isDiskTrouble } from '../outside/files/disk-trouble.ts';
import { settle } from '../outside/files/sync-directory.ts';
import type { Webhooks } from '../outside/forge/webhooks.ts';
import { wordsOf } from '../words-of.ts';
import { DamagedDelivery, type Delivery } from './receive/delivery.ts';
import type { Inbox } from './receive/inbox.ts';
import type { Receipt } from './receive/receipts.ts';
import { type Route, routeDelivery } from './route.ts';
import type { Tools } from './tools.ts';

interface WorkOffOptions {
  readonly inbox: Inbox;
  readonly webhooks: Webhooks;
  readonly stop: AbortSignal;
  readonly log: Logger;
  /** Carries one delivery out, with these tools of its own; thrown errors are judged here. */
  readonly handle: (route: Route, delivery: Delivery, own: Pick<Tools, 'log' | 'takenUpAt'>) => Promise<void>;
  /** Tells whoever is concerned that this delivery is set aside. */
  readonly apologise: (delivery: Delivery, log: Logger) => Promise<void>;
  /** Tells whoever is concerned that this delivery has to wait, for what passes by itself. */
  readonly tellOfWait: (delivery: Delivery, error: unknown, log: Logger) => Promise<void>;
  /** Seconds after each attempt that failed; without it as {@link policies} say. */
  readonly waitSeconds?: number;
  readonly monotonic: Clock['monotonic'];
}

/** Deliveries that ask for nothing need no order: so many are put away at once, which share what the disk is asked for. */
const ignoredAtOnce = 8;

/** Whoever waits for longer than that learns why. */
const patienceMilliseconds = 60_000;

/**
 * Works the inbox off: deliveries of one pull request in the order of their arrival, different pull requests side by side.
 * A delivery leaves `new/` only when it was worked off, or set aside after bounded attempts; others do not wait for it, but for those of the
 * same pull request.
 */
export class InboxWorker {
  readonly #options: WorkOffOptions;
  readonly #inTurn = oneAtATime();
  readonly #underWay = new Set<Promise<void>>();
  /** Files are read one after the other, so that what arrived first is first in its queue too. */
  #reading: Promise<void> = Promise.resolve();

  /** Files that are taken up and not put away. */
  readonly #taken = new Set<string>();
  /** Called when one begins to wait until it is tried again. */
  readonly #onWait = new Map<string, () => void>();
  #ignored = 0;
  /** Files that could not be read: how often. */
  readonly #unreadable = new Map<string, Attempts>();

  constructor(options: WorkOffOptions) {
    this.#options = options;
    options.inbox.onArrival((name) => {
      this.#reading = this.#reading.then(() => this.#takeUp(name));
    });
  }

  /** Takes up all that lies in the inbox, oldest first: what an earlier process left, or another one put there. */
  async lookForWork(): Promise<void> {
    const looking = this.#reading.then(async () => {
      const underWay = new Set(this.#taken); // before looking: what is put away meanwhile is not taken up again
      for (const name of await this.#options.inbox.waiting()) if (!underWay.has(name)) await this.#takeUp(name);
    });
    this.#reading = looking.catch(() => {}); // told to the caller; what arrives goes on
    await looking;
  }

  /** Takes one up, and resolves when nothing is under way, or when that one waits to be tried again. */
  async handleNow(name: string): Promise<void> {
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
        log.info({ name }, 'put a delivery away that was received before');
        this.#taken.delete(name);
        return;
      }
      const delivery = await inbox.read(name);
      const route = routeDelivery(delivery, webhooks);
      const work = this.#inTurn(this.#keyOf(route), () => this.#workOff(name, route, delivery, takenUpAt))
        .catch((err: unknown) => log.error({ err, name }, 'a delivery could not be put away: it is looked at again'))
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

  /** The file server may be away: then it is read again by the next look. What is no delivery is set aside at once. */
  async #leaveUnread(name: string, error: unknown): Promise<void> {
    const { inbox, log } = this.#options;
    const failure: Failure = { kind: isDiskTrouble(error) ? 'own' : 'unusable' };
    const before = this.#unreadable.get(name) ?? noAttempts;
    const { attempts, next } = afterFailure(before, failure, policies['delivery that cannot be read']);
    this.#unreadable.set(name, attempts);
    if (next.kind === 'again') {
      log.warn(
        { err: error, name, times: attempts.all },
        'a delivery cannot be read: it is tried again within a minute',
      );
      return;
    }
    log.error({ err: error, name }, 'set a delivery aside: it cannot be understood');
    const isDamaged = error instanceof DamagedDelivery;
    await (isDamaged
      ? inbox.forget(name, wordsOf(error))
      : inbox.setAside(name, `it cannot be understood: ${wordsOf(error)}`)
    ).catch((err: unknown) => log.error({ err, name }, 'could not set it aside'));
  }

  /** Deliveries of one key are handled in order. */
  #keyOf(route: Route): string {
    if (route.kind === 'ignored') return `ignored ${this.#ignored++ % ignoredAtOnce}`;
    const { repository, pullRequest } = route;
    // Its pull request is found later; two decisions about one pull request wait for each other there, too.
    return pullRequest === undefined ? repositoryKey(repository) : pullRequestKey({ repository, pullRequest });
  }

  async #workOff(name: string, route: Route, delivery: Delivery, takenUpAt: number): Promise<void> {
    const { inbox, stop, monotonic } = this.#options;
    const log = this.#options.log.child({ delivery: delivery.guid, event: delivery.event, ...subject(route) });
    const since = monotonic() - inbox.receipts.of(name).attempts.forMilliseconds;
    let failure: unknown;
    let isHandled = false;
    while (!stop.aborted) {
      try {
        await settle(failure);
        // Once: where it could not be put away entirely its plan may be gone, and it would be decided anew.
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
    const { received, attempts } = this.#options.inbox.receipts.of(name);
    await this.#count(name, { received: received + 1, attempts }, handled[2].log);
    await this.#options.handle(...handled);
  }

  /** Gives back in how many seconds it is tried again; undefined: it is set aside. */
  async #failed(name: string, delivery: Delivery, error: unknown, forMilliseconds: number, log: Logger) {
    const { inbox, apologise, tellOfWait, waitSeconds } = this.#options;
    const failure = judgeError(error);
    const before = inbox.receipts.of(name).attempts;
    const { attempts, next } = afterFailure(before, failure, policies.delivery, forMilliseconds);
    if (next.kind === 'set aside') {
      log.error({ err: error, attempt: attempts.all }, 'set a delivery aside');
      await apologise(delivery, log).catch((err: unknown) => log.error({ err }, 'could not tell of it'));
      await inbox.setAside(name, whySetAside(attempts, wordsOf(error)));
      return undefined;
    }
    const seconds = waitSeconds ?? next.afterSeconds;
    log.warn({ err: error, attempt: attempts.all, seconds }, 'a delivery is tried again later');
    if (failure.kind === 'outside' && forMilliseconds + seconds * 1000 > patienceMilliseconds)
      await tellOfWait(delivery, error, log).catch((err: unknown) =>
        log.info({ err }, 'could not tell that a delivery waits'),
      );
    await this.#count(name, { received: 0, attempts }, log);
    return seconds;
  }

  /** What cannot be counted is tried nevertheless. */
  async #count(name: string, receipt: Receipt, log: Logger): Promise<void> {
    await this.#options.inbox.receipts
      .keep(name, receipt)
      .catch((err: unknown) => log.warn({ err }, 'could not count an attempt'));
  }
}

/** Of a check it is found later; then the lines have the repository. */
function subject(route: Route): { pr?: string; repository?: string } {
  if (route.kind === 'ignored') return {};
  const { repository, pullRequest } = route;
  return pullRequest === undefined ? { repository: repositoryKey(repository) } : prField({ repository, pullRequest });
}
