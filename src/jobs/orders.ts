import { rm } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { type Attempts, attemptsShape } from '../daemon/attempts.ts';
import { createDurably, makeDirectory, moveDurably } from '../outside/files/durable-files.ts';
import { listNames } from '../outside/files/list-names.ts';
import { openShape } from '../outside/files/open-shape.ts';
import { pruneTemporary } from '../outside/files/prune-temporary.ts';
import { readTextIfThere } from '../outside/files/read-text-if-there.ts';
import { sealJson } from '../outside/files/seal.ts';
import { list, text } from '../outside/files/shapes.ts';
import type { RepositoryName } from '../outside/forge/forge.ts';
import { wordsOf } from '../words-of.ts';
import { isJobId } from './directories.ts';
import { isCommit, isForgeNumber, isRepositoryName } from './forge-names.ts';
import { isFileOfOurs, timeInName } from './names-on-disk.ts';

const jobId = z.string().max(20).refine(isJobId, 'has to be a job id');

const orderShape = z.object({
  version: z.literal(1, 'has to be 1'),
  /** `deploy`, `preview`, `clean-up`, `cancel`: whoever carries orders out knows the kinds. */
  kind: z.string('has to be a text').max(100, 'has to be shorter'),
  repository: z.custom<RepositoryName>(isRepositoryName, 'has to be {"owner": …, "name": …} as GitHub can have them'),
  pullRequest: z.custom<number>(isForgeNumber, 'has to be a whole number above 0'),
  /** Login of who set the label, closed the pull request, or typed the command. */
  by: z.string('has to be a text'),
  /** Of a cancellation {@link cancellationOf} a delivery. */
  delivery: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, 'has to be the identity of a delivery'),
  /** When it was ordered, ISO 8601. */
  at: z.custom<string>(isTime, 'has to be a time'),
  /** Of a clean-up: whether the pull request was merged, or closed only. */
  merged: z.boolean('has to be true or false').exactOptional(),
  /** Of a deployment: the head of the pull request when the label was set, which is what was approved. Absent in older orders. */
  head: z.custom<string>(isCommit, 'has to be a commit').exactOptional(),
  /** Of a cancellation: which job. */
  job: z
    .object({ id: jobId, directory: z.string().max(5000).refine(isAbsolute, 'has to be an absolute path') })
    .exactOptional(),
  /** Of a cancellation: Slurm did not say which job it is, and has not been asked yet to cancel it. Absent: it may have been. */
  notAskedYet: z.literal(true, 'has to be true').exactOptional(),
  /** Of a preview with filters: the ids of those jobs that are shown; absent: all. */
  jobs: list(jobId).exactOptional(),
  /** Of a preview: what was typed behind `bot:`, with full names. */
  typed: text.exactOptional(),
});
/** A wish that the event handler wrote down for the job manager. */
export type Order = Readonly<z.infer<typeof orderShape>>;

/** What is in the file besides, such as its progress, is not part of the order. */
const fileShape = orderShape
  // Damaged, it is counted anew.
  .extend({ attempts: attemptsShape.optional().catch(undefined) })
  .transform(({ attempts, ...order }): Omit<OpenOrder, 'path'> => ({ order, ...(attempts && { attempts }) }));

/** An order that is not done yet. */
export interface OpenOrder {
  readonly path: string;
  readonly order: Order;
  /** How attempts to carry it out have failed until now; absent: none has. */
  readonly attempts?: Attempts;
}

const ordersDir = (stateDir: string) => join(stateDir, 'orders');

/** Writes an order down. The same delivery orders once, however often this is called. */
export async function placeOrder(stateDir: string, order: Order): Promise<'placed' | 'placed before'> {
  const directory = ordersDir(stateDir);
  await makeDirectory(directory, 0o700);
  await makeDirectory(join(directory, 'done'), 0o700);
  const name = `${timeInName(order.at)}_${order.delivery}.json`;
  if ((await findsOrder(stateDir))(order.delivery)) return 'placed before';
  await createDurably(join(directory, name), sealOrder(name, order));
  return 'placed';
}

/** Whether an order of that identity was ever placed. */
export async function findsOrder(stateDir: string): Promise<(delivery: string) => boolean> {
  const directory = ordersDir(stateDir);
  const places = [directory, join(directory, 'done'), join(directory, 'failed')];
  const names = (await Promise.all(places.map(listNames))).flat();
  return (delivery) => names.some((name) => name.endsWith(`_${delivery}.json`));
}

/** The text of an order's file, with its seal. */
export const sealOrder = (name: string, order: object) => sealJson('order', name, order);

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
  for (const name of (await listNames(directory)).filter(isFileOfOurs)) {
    const path = join(directory, name);
    try {
      const text = await readTextIfThere(path);
      if (text === undefined) continue; // put away meanwhile
      const { value, why } = openShape('order', name, text, fileShape);
      if (value === undefined) unusable.push({ path, why: `it ${why}`, mayPass: false });
      else orders.push({ path, ...value });
    } catch (error) {
      unusable.push({ path, why: wordsOf(error), mayPass: true });
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

function isTime(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}
