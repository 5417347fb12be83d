import { readFile } from 'node:fs/promises';
import type { OpenOrder } from '../jobs/orders.ts';
import { writeDurably } from '../outside/files/durable-files.ts';

/** How far an order has been carried out, as {@link writeProgress} left it in the order's own file; undefined: not begun. */
export async function readProgress<T>({ path }: OpenOrder): Promise<T | undefined> {
  return (JSON.parse(await readFile(path, 'utf8')) as { progress?: T }).progress;
}

/** Keeps in the order's file how far it has been carried out. On the disk when it resolves. */
export async function writeProgress<T>({ path, order }: OpenOrder, progress: T): Promise<void> {
  await writeDurably(path, `${JSON.stringify({ ...order, progress }, null, 2)}\n`);
}
