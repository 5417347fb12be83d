import { join } from 'node:path';
import { type OpenOrder, readOpenOrders } from '../jobs/orders.ts';
import { isEnough, setAside } from '../jobs/set-aside.ts';
import { isDiskTrouble } from '../outside/files/disk-trouble.ts';
import { settle } from '../outside/files/durable-files.ts';
import { TryAgainLater, Unsure } from '../outside/github/github.ts';
import { cleanUpOrder } from './cleanup/clean-up-order.ts';
import { deployOrder } from './deploy/deploy-order.ts';
import { importUploadedLists } from './deploy/uploaded-list.ts';
import { UnusableOrder } from './order-progress.ts';
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

/** Pull requests whose orders are carried out side by side: an upload script may hang for hours, and each costs memory. */
const mostAtOnce = 8;

/**
 * Carries orders out while the queue is watched: an upload may take long. Those of one pull request oldest first, those of different
 * ones side by side. An order that must wait, or fails, is taken up again in a later interval and stops no other, but later deployments
 * of its pull request: what it has uploaded may not be recorded yet, and is not to be uploaded by them as well.
 */
export class OrderWorker {
  #looking: Promise<void> | undefined;
  /** Pull request -> its orders are being carried out. */
  readonly #underWay = new Map<string, Promise<void>>();
  /** Order -> how often it has failed until now, since when by the monotonic clock, and with what at last. */
  readonly #failures = new Map<string, { readonly times: number; readonly since: number; readonly error?: unknown }>();

  /** Begins with the open orders, but those of pull requests that are under way. */
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

  async #look(tools: Tools, stop: AbortSignal): Promise<void> {
    await importUploadedLists(tools);
    const busy = new Set(this.#underWay.keys()); // before reading: what they close meanwhile is not begun again
    const { orders, unusable } = await readOpenOrders(tools.settings.stateDir);
    for (const { path, why, mayPass } of unusable) {
      tools.log.error({ path, why }, 'an order cannot be understood');
      const enough = mayPass ? timesAllowed : 1;
      await this.#failed(path, { why: `it cannot be understood: ${why}`, isOutside: false, enough }, tools);
    }
    for (const [pullRequest, itsOrders] of Map.groupBy(orders, keyOfPullRequest)) {
      if (busy.has(pullRequest)) continue;
      while (this.#underWay.size >= mostAtOnce) await Promise.race(this.#underWay.values());
      if (stop.aborted) return;
      const work = this.#workOff(itsOrders, tools, stop).finally(() => this.#underWay.delete(pullRequest));
      this.#underWay.set(pullRequest, work);
    }
  }

  /** The orders of one pull request. */
  async #workOff(orders: readonly OpenOrder[], tools: Tools, stop: AbortSignal): Promise<void> {
    let isDeploymentOpen = false;
    for (const open of orders) {
      if (stop.aborted) return;
      const isDeployment = open.order.kind === 'deploy';
      if (isDeployment && isDeploymentOpen) continue;
      const isDone = await this.#carryOut(open, tools);
      if (isDeployment && !isDone) isDeploymentOpen = true;
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
      const isHopeless = error instanceof UnusableOrder;
      log.error({ err: error }, isHopeless ? 'an order failed' : 'an order failed: tried again in the next interval');
      const why = isHopeless ? error.message : `it failed again and again, at last with: ${wordsOf(error)}`;
      const failure = { why, error, isOutside: isOutside(error), enough: isHopeless ? 1 : timesAllowed };
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

/** GitHub takes names in any case. */
function keyOfPullRequest({ order: { repository, pullRequest } }: OpenOrder): string {
  return `${repository.owner}/${repository.name}#${pullRequest}`.toLowerCase();
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
