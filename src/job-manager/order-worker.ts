import { closeOrder, type OpenOrder, readOpenOrders } from '../jobs/orders.ts';
import { cleanUpOrder } from './cleanup/clean-up-order.ts';
import { deployOrder } from './deploy/deploy-order.ts';
import type { Tools } from './tools.ts';

/** How often an order that fails is tried before it is set aside. */
const attemptsUntilFailed = 20;

/**
 * Carries orders out, oldest first, while the queue is watched: an upload may take long. An order that must wait, or fails, is taken
 * up again in a later interval and stops no other.
 */
export class OrderWorker {
  #underWay: Promise<void> | undefined;
  readonly #failures = new Map<string, number>();

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
    for (const path of unusable) {
      tools.log.error({ path }, 'set an order aside: it cannot be understood');
      await closeOrder({ path }, 'failed');
    }
    for (const open of orders) {
      if (stop.aborted) return;
      await this.#carryOut(open, tools);
    }
  }

  async #carryOut(open: OpenOrder, tools: Tools): Promise<void> {
    const { kind, delivery, repository, pullRequest } = open.order;
    const log = tools.log.child({ order: kind, delivery, pr: `${repository.owner}/${repository.name}#${pullRequest}` });
    try {
      if (kind === 'deploy') await deployOrder(open, { ...tools, log });
      else await cleanUpOrder(open, { ...tools, log });
      this.#failures.delete(open.path);
    } catch (error) {
      const failures = (this.#failures.get(open.path) ?? 0) + 1;
      this.#failures.set(open.path, failures);
      log.error({ err: error, failures }, 'an order failed: tried again in the next interval');
      if (failures >= attemptsUntilFailed) await closeOrder(open, 'failed');
    }
  }
}
