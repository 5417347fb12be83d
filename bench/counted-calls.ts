import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Running } from '../test/system/site.ts';

/** By which a daemon costs others something. `open`: files opened, directories listed. */
export interface CountedCalls {
  readonly open: number;
  readonly sync: number;
  readonly spawn: number;
}

/** What a daemon needs in its environment to be counted. `path`: of a file of its own. */
export const countingEnvironment = (path: string) => ({
  NODE_OPTIONS: `--import=${join(import.meta.dirname, 'count-calls.ts')}`,
  BENCH_CALLS: path,
});

/** What it has called since its start. */
export async function readCalls({ process: child }: Running, path: string): Promise<CountedCalls> {
  await rm(path, { force: true });
  child.kill('SIGUSR2');
  for (;;) {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) return JSON.parse(text) as CountedCalls;
    await pause(10);
  }
}
