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
import { list, text, timeShape } from '../outside/files/shapes.ts';
import type { RepositoryName } from '../outside/forge/forge.ts';
import { wordsOf } from '../words-of.ts';
import { isJobId } from './directories.ts';
import { isCommit, isForgeNumber, repositoryShape } from './forge-names.ts';
import { isFileOfOurs, timeInName } from './names-on-disk.ts';

const jobId = z.string().max(20).refine(isJobId, 'has to be a job id');

const orderShape = z.object({
  version: z.literal(1, 'has to be 1'),
  /** `deploy`, `preview`, `clean-up`, `cancel`: see the job manager's order-kinds.ts. */
  kind: z.string('has to be a text').max(100, 'has to be shorter'),
  repository: z.custom<RepositoryName>(
    (value) => repositoryShape.safeParse(value).success,
    'has to be {"owner": …, "name": …}',
  ),
  pullRequest: z.custom<number>(isForgeNumber, 'has to be a whole number above 0'),
  /** Login of the account that set the label, closed the pull request, or typed the command. */
  by: z.string('has to be a text').max(200, 'has to be shorter'),
  /** The delivery that ordered it; for a cancellation {@link cancellationOf} it. */
  delivery: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, 'has to be the identity of a delivery'),
  /** When it was ordered, ISO 8601. */
  at: timeShape,
  /** For a clean-up: whether the pull request was merged, or only closed. */
  merged: z.boolean('has to be true or false').exactOptional(),
  /** For a deployment: the head of the pull request when the label was set; this was approved. Absent in older orders. */
  head: z.custom<string>(isCommit, 'has to be a commit').exactOptional(),
  /** For a cancellation: the job. */
  job: z
    .object({ id: jobId, directory: z.string().max(5000).refine(isAbsolute, 'has to be an absolute path') })
    .exactOptional(),
  /** For a cancellation: Slurm did not say which job it is, and has not been asked yet to cancel it. Absent: it may have been. */
  notAskedYet: z.literal(true, 'has to be true').exactOptional(),
  /** For a preview with filters: the ids of the jobs to show; absent: all. */
  jobs: list(jobId).exactOptional(),
  /** For a preview: what was typed after `bot:`, with full names. */
  typed: text.exactOptional(),
});
/** A request of the event handler to the job manager. */
export type Order = Readonly<z.infer<typeof orderShape>>;

/** The file has more, such as the progress, which is not part of the order. */
const fileShape = orderShape
  // If damaged, counting begins anew.
  .extend({ attempts: attemptsShape.optional().catch(undefined) })
  .transform(({ attempts, ...order }): Omit<OpenOrder, 'path'> => ({ order, ...(attempts && { attempts }) }));

/** An order that is not done yet. */
export interface OpenOrder {
  readonly path: string;
  readonly order: Order;
  /** Failed attempts to carry it out; absent: none. */
  readonly attempts?: Attempts;
}

const ordersDir = (stateDir: string) => join(stateDir, 'orders');

/** Writes an order. Idempotent: a delivery orders once. */
export async function placeOrder(stateDir: string, order: Order): Promise<'placed' | 'placed before'> {
  const directory = ordersDir(stateDir);
  await makeDirectory(directory, 0o700);
  await makeDirectory(join(directory, 'done'), 0o700);
  const name = `${timeInName(order.at)}_${order.delivery}.json`;
  if ((await findsOrder(stateDir))(order.delivery)) return 'placed before';
  await createDurably(join(directory, name), sealOrder(name, order));
  return 'placed';
}

/** Finds out whether an order with that id was ever placed. */
export async function findsOrder(stateDir: string): Promise<(delivery: string) => boolean> {
  const directory = ordersDir(stateDir);
  const places = [directory, join(directory, 'done'), join(directory, 'failed')];
  const names = (await Promise.all(places.map(listNames))).flat();
  return (delivery) => names.some((name) => name.endsWith(`_${delivery}.json`));
}

/** The text of an order's file, with its seal. */
export const sealOrder = (name: string, order: object) => sealJson('order', name, order);

/** A malformed or unreadable file among the orders. */
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

/** The open orders, oldest first, and unusable files among them. */
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

/** Moves an order that was carried out to `done/`. */
export async function closeOrder({ path }: Pick<OpenOrder, 'path'>): Promise<void> {
  const directory = join(path, '..', 'done');
  await makeDirectory(directory, 0o700);
  await moveDurably(path, join(directory, basename(path)));
}

const keepDoneMilliseconds = 30 * 24 * 3600 * 1000;

/**
 * Removes orders that are done and older than thirty days (no delivery is repeated after that), and half-written files of killed processes of
 * both daemons.
 */
export async function pruneOrders(stateDir: string, now: Date): Promise<void> {
  const done = join(ordersDir(stateDir), 'done');
  const oldest = timeInName(new Date(now.getTime() - keepDoneMilliseconds).toISOString());
  for (const name of await listNames(done)) if (name < oldest) await rm(join(done, name), { force: true });
  for (const stage of ['.', 'failed']) await pruneTemporary(join(ordersDir(stateDir), stage), now);
}
