import { join } from 'node:path';
import { type OpenOrder, type Order, readOpenOrders } from '../jobs/orders.ts';
import { isEnough, setAside } from '../jobs/set-aside.ts';
import { isDiskTrouble } from '../outside/files/disk-trouble.ts';
import { settle } from '../outside/files/durable-files.ts';
import { TryAgainLater, Unsure } from '../outside/github/github.ts';
import { cleanUpOrder } from './cleanup/clean-up-order.ts';
import { deployOrder } from './deploy/deploy-order.ts';
import { isSamePullRequest } from './is-same-repository.ts';
import type { Tools } from './tools.ts';

/** An attempt that failed; `enough`: after so many it is set aside. */
interface Failure {
  readonly why: string;
  readonly error?: unknown;
  readonly isOutside: boolean;
  readonly enough: number;
}

/** How often an order that fails is tried, once an interval, before it is set aside. */
const timesAllowed = 20;

/**
 * Carries orders out, oldest first, while the queue is watched: an upload may take long. An order that must wait, or fails, is taken
 * up again in a later interval and stops no other, but later deployments of its pull request: what it has uploaded may not be recorded
 * yet, and is not to be uploaded by them as well.
 */
export class OrderWorker {
  #underWay: Promise<void> | undefined;
  /** Order -> how often it has failed until now, since when by the monotonic clock, and with what at last. */
  readonly #failures = new Map<string, { readonly times: number; readonly since: number; readonly error?: unknown }>();

  /** Begins with the open orders, unless it is at it. */
  lookForWork(tools: Tools, stop: AbortSignal): void {
    this.#underWay ??= this.#workOff(tools, stop)
      .catch((err: unknown) => tools.log.error({ err }, 'the orders could not be read'))
      .finally(() => {
        this.#underWay = undefined;
      });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#underWay;
  }

  async #workOff(tools: Tools, stop: AbortSignal): Promise<void> {
    const { orders, unusable } = await readOpenOrders(tools.settings.stateDir);
    for (const { path, why, mayPass } of unusable) {
      tools.log.error({ path, why }, 'an order cannot be understood');
      const enough = mayPass ? timesAllowed : 1;
      await this.#failed(path, { why: `it cannot be understood: ${why}`, isOutside: false, enough }, tools);
    }
    const unfinished: Order[] = [];
    for (const open of orders) {
      if (stop.aborted) return;
      const { order } = open;
      if (order.kind === 'deploy' && unfinished.some((earlier) => isSamePullRequest(earlier, order))) continue;
      const isDone = await this.#carryOut(open, tools);
      if (order.kind === 'deploy' && !isDone) unfinished.push(order);
    }
  }

  async #carryOut(open: OpenOrder, tools: Tools): Promise<boolean> {
    const { kind, delivery, repository, pullRequest } = open.order;
    const log = tools.log.child({ order: kind, delivery, pr: `${repository.owner}/${repository.name}#${pullRequest}` });
    try {
      await settle(this.#failures.get(open.path)?.error);
      const outcome = await (kind === 'deploy' ? deployOrder : cleanUpOrder)(open, { ...tools, log });
      this.#failures.delete(open.path);
      return outcome === 'done';
    } catch (error) {
      log.error({ err: error }, 'an order failed: tried again in the next interval');
      const why = `it failed again and again, at last with: ${wordsOf(error)}`;
      const failure = { why, error, isOutside: isOutside(error), enough: timesAllowed };
      await this.#failed(open.path, failure, { ...tools, log });
      return false;
    }
  }

  /** Counts, and sets the order aside when it is enough. One that cannot be set aside stops no other either. */
  async #failed(path: string, { why, error, isOutside, enough }: Failure, { log, monotonic }: Tools): Promise<void> {
    const { times = 0, since = monotonic() } = this.#failures.get(path) ?? {};
    const failures = { times: isOutside ? times : times + 1, since, error };
    this.#failures.set(path, failures);
    const forMilliseconds = monotonic() - since;
    if (!isEnough({ times: failures.times, forMilliseconds }, isOutside, enough)) return;
    try {
      await setAside(path, join(path, '..', 'failed'), why);
      this.#failures.delete(path);
      log.error({ path, why }, 'set an order aside');
    } catch (err) {
      log.error({ err, path }, 'could not set an order aside');
    }
  }
}

/** What passes when GitHub, or the disk, is back; of several failures, all of them. */
function isOutside(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isOutside);
  return error instanceof TryAgainLater || error instanceof Unsure || isDiskTrouble(error);
}

function wordsOf(error: unknown): string {
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  return errors.map((each) => (each instanceof Error ? each.message : String(each))).join('; ');
}
