import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import type { OpenOrder } from '../jobs/orders.ts';
import { writeDurably } from '../outside/files/durable-files.ts';

/** What an order's file holds makes no sense: it is not tried again. The message says what. */
export class UnusableOrder extends Error {
  override name = 'UnusableOrder';
}

/**
 * How far an order has been carried out, as {@link writeProgress} left it in the order's own file; undefined: not begun. Throws an
 * {@link UnusableOrder} where it has not that shape.
 */
export async function readProgress<T>({ path }: OpenOrder, shape: z.ZodType): Promise<T | undefined> {
  const { progress } = JSON.parse(await readFile(path, 'utf8')) as { progress?: unknown };
  if (progress === undefined) return undefined;
  const { success, error } = shape.safeParse(progress);
  if (success) return progress as T;
  const problems = error.issues.map(({ path: at, message }) => `${at.join('.') || 'it'}: ${message}`);
  throw new UnusableOrder(`how far it was carried out cannot be understood: ${problems.join('; ')}`);
}

/** Keeps in the order's file how far it has been carried out. On the disk when it resolves. */
export async function writeProgress<T>({ path, order }: OpenOrder, progress: T): Promise<void> {
  await writeDurably(path, `${JSON.stringify({ ...order, progress }, null, 2)}\n`);
}
