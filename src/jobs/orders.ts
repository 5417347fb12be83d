import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  createDurably,
  listNames,
  makeDirectory,
  moveDurably,
  readTextIfThere,
} from '../outside/files/durable-files.ts';
import { pruneTemporary } from '../outside/files/prune-temporary.ts';
import type { RepositoryName } from '../outside/github/github.ts';

/** A wish that the event handler wrote down for the job manager. */
export interface Order {
  readonly version: 1;
  readonly kind: 'deploy' | 'clean-up';
  readonly repository: RepositoryName;
  readonly pullRequest: number;
  /** Login of who set the label, or closed the pull request. */
  readonly by: string;
  readonly delivery: string;
  /** When it was ordered, ISO 8601. */
  readonly at: string;
  /** Of a clean-up: whether the pull request was merged, or closed only. */
  readonly merged?: boolean;
}

/** An order that is not done yet. */
export interface OpenOrder {
  readonly path: string;
  readonly order: Order;
}

const ordersDir = (stateDir: string) => join(stateDir, 'orders');

/** Writes an order down. The same delivery orders once, however often this is called. */
export async function placeOrder(stateDir: string, order: Order): Promise<'placed' | 'placed before'> {
  const directory = ordersDir(stateDir);
  await makeDirectory(directory, 0o700);
  await makeDirectory(join(directory, 'done'), 0o700);
  const name = `${timeInName(order.at)}_${order.delivery}.json`;
  const places = [directory, join(directory, 'done'), join(directory, 'failed')];
  const before = (await Promise.all(places.map(listNames))).flat();
  if (before.some((other) => other.endsWith(`_${order.delivery}.json`))) return 'placed before';
  await createDurably(join(directory, name), `${JSON.stringify(order, null, 2)}\n`);
  return 'placed';
}

/** A file among the orders that is none. */
interface UnusableOrder {
  readonly path: string;
  readonly why: string;
  /** It could not be read: the file server may be away. */
  readonly mayPass: boolean;
}

interface OrdersReading {
  readonly orders: readonly OpenOrder[];
  readonly unusable: readonly UnusableOrder[];
}

/** The open orders, oldest first, and the files among them that are none. */
export async function readOpenOrders(stateDir: string): Promise<OrdersReading> {
  return await readOrders(ordersDir(stateDir));
}

/** Those that were set aside. */
export async function readOrdersSetAside(stateDir: string): Promise<OrdersReading> {
  return await readOrders(join(ordersDir(stateDir), 'failed'));
}

async function readOrders(directory: string): Promise<OrdersReading> {
  const orders: OpenOrder[] = [];
  const unusable: UnusableOrder[] = [];
  for (const name of await listNames(directory)) {
    if (!name.endsWith('.json') || name.startsWith('.')) continue;
    const path = join(directory, name);
    try {
      const text = await readTextIfThere(path);
      const order = text === undefined ? undefined : parseOrder(text);
      if (order !== undefined) orders.push({ path, order });
      else if (text !== undefined) unusable.push({ path, why: 'it is no order of version 1', mayPass: false });
    } catch (error) {
      unusable.push({ path, why: error instanceof Error ? error.message : String(error), mayPass: true });
    }
  }
  return { orders, unusable };
}

/** Puts an order away: it has been carried out. */
export async function closeOrder({ path }: Pick<OpenOrder, 'path'>): Promise<void> {
  const directory = join(path, '..', 'done');
  await makeDirectory(directory, 0o700);
  await moveDurably(path, join(directory, basename(path)));
}

const keepDoneMilliseconds = 30 * 24 * 3600 * 1000;

/**
 * Forgets what was ordered more than thirty days ago and is done, since no delivery comes again after so long, and what killed processes,
 * of either daemon, left half-written.
 */
export async function pruneOrders(stateDir: string, now: Date): Promise<void> {
  const done = join(ordersDir(stateDir), 'done');
  const oldest = timeInName(new Date(now.getTime() - keepDoneMilliseconds).toISOString());
  for (const name of await listNames(done)) if (name < oldest) await rm(join(done, name), { force: true });
  for (const stage of ['.', 'failed']) await pruneTemporary(join(ordersDir(stateDir), stage), now);
}

const timeInName = (iso: string) => iso.replaceAll(':', '-');

function parseOrder(text: string): Order | undefined {
  try {
    const order = JSON.parse(text) as Partial<Order> | null;
    const known = order?.version === 1 && (order.kind === 'deploy' || order.kind === 'clean-up');
    return known && order.repository && Number.isSafeInteger(order.pullRequest) ? (order as Order) : undefined;
  } catch {
    return undefined; // the caller sets the file aside and says so
  }
}
