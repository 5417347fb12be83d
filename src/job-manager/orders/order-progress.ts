import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { z } from 'zod';
import type { Attempts } from '../../daemon/attempts.ts';
import { Unusable } from '../../jobs/judge-error.ts';
import { type OpenOrder, sealOrder } from '../../jobs/orders.ts';
import { writeDurably } from '../../outside/files/durable-files.ts';
import { openShape } from '../../outside/files/open-shape.ts';
import { anyObject, firstIssue } from '../../outside/files/parse-shape.ts';

/** The progress of an order, from its own file; undefined: not begun. Throws {@link Unusable} if it has another shape. */
export async function readProgress<T>({ path }: OpenOrder, shape: z.ZodType<T>): Promise<T | undefined> {
  const { progress } = await readOrderFile(path);
  if (progress === undefined) return undefined;
  const { success, data, error } = shape.safeParse(progress);
  if (success) return data;
  throw new Unusable(`how far it was carried out cannot be understood: ${firstIssue(error)}`);
}

/** Writes the order with its progress; undefined: it has none yet. Durable when it resolves. */
export async function writeProgress<T>({ path, order, attempts }: OpenOrder, progress: T): Promise<void> {
  await write(path, { ...order, attempts, progress });
}

/** Writes the failed attempts into the order's file; undefined: counting begins anew. */
export async function writeAttempts(path: string, attempts: Attempts | undefined): Promise<void> {
  await write(path, { ...(await readOrderFile(path)), attempts });
}

async function write(path: string, order: object): Promise<void> {
  await writeDurably(path, sealOrder(basename(path), order));
}

/** The whole file of an order. */
async function readOrderFile(path: string): Promise<z.infer<typeof anyObject>> {
  const { value, why } = openShape('order', basename(path), await readFile(path, 'utf8'), anyObject);
  if (value === undefined) throw new Unusable(`it ${why}`);
  return value;
}
