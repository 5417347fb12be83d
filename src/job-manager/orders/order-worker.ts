import { basename, join } from 'node:path';
import { type Attempts, afterFailure, type Failure, noAttempts, policies, whySetAside } from '../../daemon/attempts.ts';
import { pullRequestKey } from '../../jobs/forge-names.ts';
import { judgeError, Unusable } from '../../jobs/judge-error.ts';
import { prField } from '../../jobs/log-fields.ts';
import { closeOrder, type OpenOrder, type Order, readOpenOrders } from '../../jobs/orders.ts';
import type { WaitingOrder } from '../../jobs/reports.ts';
import { setAside } from '../../jobs/set-aside.ts';
import { cutTo } from '../../messages/comment.ts';
import { syncAgain } from '../../outside/files/sync-directory.ts';
import { wordsOf } from '../../words-of.ts';
import type { OrderKind, Tools } from '../tools.ts';
import { writeAttempts } from './order-progress.ts';

/** A failed attempt. */
interface Failed {
  /** The reason, a sentence. */
  readonly words: string;
  readonly error?: unknown;
  readonly failure: Failure;
  /** The attempts in its file, counted by an earlier process. */
  readonly before?: Attempts | undefined;
}

/** An order that fails. */
interface Failing {
  readonly attempts: Attempts;
  /** When the first attempt failed, by the monotonic clock, as `notBefore`; only while daemons ran. */
  readonly since: number;
  readonly notBefore: number;
  readonly error?: unknown;
}

/** Pull requests in parallel: an upload script may hang for hours, and each costs memory. */
const mostAtOnce = 8;

/**
 * Carries orders out in parallel with the watch, as an upload may take long. Orders of one pull request go oldest first, different pull
 * requests in parallel. An order that waits or fails is retried in a later interval. It holds up only later deployments of its pull request,
 * which would repeat its uploads while they are not recorded.
 */
export class OrderWorker {
  /** By the `kind` in an order's file. */
  readonly #kinds: ReadonlyMap<string, OrderKind>;
  #looking: Promise<void> | undefined;
  /** Kinds that are prepared. */
  readonly #prepared = new Set<string>();
  /** Pull request -> its orders are being carried out. */
  readonly #underWay = new Map<string, Promise<void>>();
  /** Path of an order -> how it fails. */
  readonly #failing = new Map<string, Failing>();
  /** Path of an order -> why it is not done yet. */
  readonly #waiting = new Map<string, string>();

  constructor(kinds: ReadonlyMap<string, OrderKind>) {
    this.#kinds = kinds;
  }

  /** Begins the open orders, except of pull requests that are under way. */
  lookForWork(tools: Tools, stop: AbortSignal): void {
    this.#looking ??= this.#look(tools, stop)
      .catch((err: unknown) => tools.log.error({ err }, 'the orders could not be read'))
      .finally(() => {
        this.#looking = undefined;
      });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#looking;
    await Promise.all(this.#underWay.values());
  }

  /** The orders that were not done at the last look, oldest first. */
  waiting(): WaitingOrder[] {
    const found = [...this.#waiting].map(([path, what]) => ({
      name: basename(path),
      what: cutTo(what, longestWords),
      ...(this.#failing.has(path) && { fails: true }),
    }));
    return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  async #look(tools: Tools, stop: AbortSignal): Promise<void> {
    const whyNot = await this.#prepare(tools);
    const busy = new Set(this.#underWay.keys()); // copied before reading: orders closed meanwhile are not begun again
    const { orders, unusable } = await readOpenOrders(tools.settings.stateDir);
    this.#keep([...orders, ...unusable].map(({ path }) => path));
    for (const { path, why, mayPass } of unusable) {
      if (!this.#isDue(path, tools.monotonic())) continue;
      tools.log.error({ path, why }, 'an order is malformed');
      const failure: Failure = { kind: mayPass ? 'own' : 'unusable' };
      await this.#failed(path, { words: `it cannot be understood: ${why}`, failure }, tools);
    }
    for (const { path, order } of orders) {
      const why = whyNot.get(order.kind);
      if (why !== undefined) this.#waiting.set(path, why);
    }
    const due = orders.filter(({ order }) => !whyNot.has(order.kind));
    for (const [pullRequest, itsOrders] of Map.groupBy(due, ({ order }) => pullRequestKey(order))) {
      const what = busy.has(pullRequest) ? waitsForEarlier : waitsForItsTurn;
      for (const { path } of itsOrders) if (!this.#waiting.has(path)) this.#waiting.set(path, what);
      if (busy.has(pullRequest)) continue;
      while (this.#underWay.size >= mostAtOnce) await Promise.race(this.#underWay.values());
      if (stop.aborted) return;
      const work = this.#workOff(itsOrders, tools, stop).finally(() => this.#underWay.delete(pullRequest));
      this.#underWay.set(pullRequest, work);
    }
  }

  /** Kind -> why its orders wait. */
  async #prepare(tools: Tools): Promise<ReadonlyMap<string, string>> {
    const whyNot = new Map<string, string>();
    for (const [kind, { prepare }] of this.#kinds) {
      try {
        if (!this.#prepared.has(kind)) await prepare?.(tools);
        this.#prepared.add(kind);
      } catch (err) {
        tools.log.error({ err, kind }, 'orders of a kind wait');
        whyNot.set(kind, wordsOf(err));
      }
    }
    return whyNot;
  }

  /** Forgets orders that are gone: somebody may have removed one. */
  #keep(paths: readonly string[]): void {
    const open = new Set(paths);
    for (const remembered of [this.#failing, this.#waiting])
      for (const path of remembered.keys()) if (!open.has(path)) remembered.delete(path);
  }

  #isDue(path: string, now: number): boolean {
    const { notBefore } = this.#failing.get(path) ?? {};
    return notBefore === undefined || now >= notBefore;
  }

  /** The orders of one pull request. */
  async #workOff(orders: readonly OpenOrder[], tools: Tools, stop: AbortSignal): Promise<void> {
    const notDone = new Set<string>();
    for (const open of orders) {
      if (stop.aborted) return;
      const { kind } = open.order;
      const waitsFor = this.#kinds.get(kind)?.waitsFor;
      if (waitsFor?.kinds.some((each) => notDone.has(each))) {
        this.#waiting.set(open.path, `waits for ${waitsFor.words}`);
        notDone.add(kind);
      } else if (!(this.#isDue(open.path, tools.monotonic()) && (await this.#carryOut(open, tools)))) notDone.add(kind);
    }
  }

  async #carryOut(open: OpenOrder, tools: Tools): Promise<boolean> {
    const { path, attempts } = open;
    const { kind, delivery } = open.order;
    const log = tools.log.child({ order: kind, delivery, ...prField(open.order) });
    const tell = (what: string) => this.#waiting.set(path, what);
    tell(`is being carried out since ${tools.now().toISOString()}`);
    try {
      await syncAgain(this.#failing.get(path)?.error);
      const outcome = await this.#kindOf(open.order).carryOut(open, { ...tools, log, tell });
      if (outcome === 'done') await closeOrder(open);
      this.#failing.delete(path);
      if (outcome === 'done') this.#waiting.delete(path);
      else if (attempts !== undefined) await writeAttempts(path, undefined);
      return outcome === 'done';
    } catch (error) {
      log.error({ err: error }, 'an order failed');
      const failed = { words: wordsOf(error), error, failure: judgeError(error), before: attempts };
      await this.#failed(path, failed, { ...tools, log });
      return false;
    }
  }

  #kindOf({ kind }: Order): OrderKind {
    const known = this.#kinds.get(kind);
    if (known !== undefined) return known;
    throw new Unusable(
      `it is an order that this version cannot carry out: its kind has to be ${[...this.#kinds.keys()].join(' or ')}, and is ${kind}`,
    );
  }

  /** Counts the failure, and plans the next attempt or sets the order aside. */
  async #failed(path: string, failed: Failed, { log, monotonic, now }: Tools): Promise<void> {
    const { words, error, failure, before = noAttempts } = failed;
    const known = this.#failing.get(path) ?? { attempts: before, since: monotonic() - before.forMilliseconds };
    const { attempts, next } = afterFailure(known.attempts, failure, policies.order, monotonic() - known.since);
    const seconds = next.kind === 'again' ? next.afterSeconds : 0;
    this.#failing.set(path, { ...known, attempts, error, notBefore: monotonic() + seconds * 1000 });
    const at = new Date(now().getTime() + seconds * 1000).toISOString();
    const times = attempts.all === 1 ? 'once' : `${attempts.all} times`;
    this.#waiting.set(path, `failed ${times}, and is tried again at ${at}: ${words}`);
    try {
      if (next.kind === 'again') {
        if (error !== undefined) await writeAttempts(path, attempts); // without an error its file cannot be read
        return;
      }
      if (before !== noAttempts) await writeAttempts(path, undefined); // a replay starts counting anew
      const why = whySetAside(attempts, words);
      await setAside(path, join(path, '..', 'failed'), why);
      this.#failing.delete(path);
      this.#waiting.delete(path);
      log.error({ path, why }, 'set an order aside');
    } catch (err) {
      log.error(
        { err, path },
        next.kind === 'again' ? 'could not write the failed attempts of an order' : 'could not set an order aside',
      );
    }
  }
}

/** A program's output may be of any length. */
const longestWords = 1000;
const waitsForEarlier = 'waits for an earlier order of its pull request';
const waitsForItsTurn = `waits for its turn: ${mostAtOnce} pull requests have orders under way at most`;
