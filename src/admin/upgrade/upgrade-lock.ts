import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { startOfProcess } from '../../daemon/lease-file.ts';
import { quoteWord } from '../../daemon/quote-word.ts';
import { createDurably } from '../../outside/files/durable-files.ts';
import { parseShape } from '../../outside/files/parse-shape.ts';
import { readTextIfThere } from '../../outside/files/read-text-if-there.ts';

const shape = z.object({ host: z.string(), pid: z.int().min(1), processStart: z.string() });

/**
 * Keeps a second upgrade of the same clone away while `work` goes on. Throws a sentence where one is at work; one that was killed counts
 * as ended.
 */
export async function withUpgradeLock<T>(packages: string, work: () => Promise<T>): Promise<T> {
  const path = join(packages, 'upgrade.lock');
  const own = { host: hostname(), pid: process.pid, processStart: await startOfProcess(process.pid) };
  while ((await createDurably(path, `${JSON.stringify(own)}\n`)) === 'exists') {
    const holder = parseShape((await readTextIfThere(path)) ?? '', shape);
    if (holder !== undefined && holder.host !== hostname())
      throw new Error(
        `an upgrade of this clone runs on ${holder.host}, as process ${holder.pid}; if there is none any more, run: rm ${quoteWord(path)}`,
      );
    if (holder !== undefined && (await startOfProcess(holder.pid)) === holder.processStart)
      throw new Error(`an upgrade of this clone runs already, as process ${holder.pid}; wait for its end`);
    await rm(path, { force: true });
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}
