import type { JobLink } from '../../jobs/handovers.ts';
import { judgeErrorOfJob } from '../../jobs/judge-error.ts';
import { syncAgain } from '../../outside/files/sync-directory.ts';
import { wordsOf } from '../../words-of.ts';
import type { Followed } from '../records/followed.ts';
import type { Tools } from '../tools.ts';
import type { WatchMemory } from './watch-memory.ts';

/** A failure stops this job alone, for this interval, and is logged once. */
export async function onItsOwn<T extends { readonly job: JobLink }>(
  each: T,
  tools: Pick<Tools, 'settings' | 'log'>,
  memory: WatchMemory,
  act: () => Promise<T>,
): Promise<T> {
  const { id } = each.job;
  memory.seen.add(id);
  try {
    await syncAgain(memory.failures.get(id));
    memory.failures.delete(id);
    const after = await act();
    memory.told.delete(id);
    return after;
  } catch (error) {
    await failed(each.job, error, tools, memory);
    return each;
  }
}

/** Plans for one job; undefined: its files made the plan throw. */
export async function decide<T>(
  { job }: Followed,
  tools: Pick<Tools, 'settings' | 'log'>,
  memory: WatchMemory,
  plan: () => T,
): Promise<T | undefined> {
  try {
    return plan();
  } catch (error) {
    await failed(job, error, tools, memory);
    return undefined;
  }
}

async function failed(
  job: JobLink,
  error: unknown,
  tools: Pick<Tools, 'settings' | 'log'>,
  memory: WatchMemory,
): Promise<void> {
  const { id } = job;
  memory.failures.set(id, error);
  const words = wordsOf(error);
  const { kind } = await judgeErrorOfJob(error, job.directory, tools.settings.build.jobsBaseDir);
  if (kind !== 'outside') memory.unusable.failed(job, words);
  memory.tell(tools.log, id, words, 'a job could not be followed this time', error);
}
