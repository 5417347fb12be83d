import { whySetAside } from '../../daemon/attempts.ts';
import { finishJob } from '../../jobs/handovers.ts';
import type { JobRecord } from '../../jobs/job-record.ts';
import { setJobAside } from '../../jobs/set-aside.ts';
import { summaryNameOf } from '../../jobs/summaries.ts';
import type { Followed } from '../records/followed.ts';
import type { Tools } from '../tools.ts';
import { advanceJobs } from './advance-jobs.ts';
import { decide, onItsOwn } from './on-its-own.ts';
import { inSendingOrder, isBehind, isToBeSent } from './plan-sends.ts';
import { readFollowed, takeNewJobs } from './read-followed.ts';
import { planCheckNow, sendChecks } from './send-checks.ts';
import { sendRows } from './send-rows.ts';
import { sendSummaries } from './send-summaries.ts';
import { readFailureCounts, writeFailureCounts } from './unusable-jobs.ts';
import type { WatchMemory } from './watch-memory.ts';

/** One interval: reads the queue once, and acts on the differences. `only`: follow these jobs alone. */
export async function watchOnce(tools: Tools, memory: WatchMemory, only?: ReadonlySet<string>): Promise<Watched> {
  const { settings, slurm } = tools;
  const begun = tools.monotonic();
  const queue = await slurm.readQueue();
  const tookSeconds = (tools.monotonic() - begun) / 1000;
  if (queue.kind === 'unreadable')
    memory.tell(tools.log, 'queue', queue.why, 'the queue could not be read: nothing is concluded from it');
  else memory.told.delete('queue');
  await memory.unusable.beginInterval(() => readFailureCounts(settings.stateDir));
  await takeNewJobs(queue, tools, memory, only);
  const followed = await readFollowed(tools, memory, only);
  const now = await advanceJobs(followed, queue, tools, memory);
  const told = await tellAll(now, tools, memory);
  await setUnusableJobsAside(tools, memory);
  memory.keepSeen();
  return { tookSeconds, followed: told };
}

/** The result of an interval. */
interface Watched {
  /** How long Slurm took to list the queue. */
  readonly tookSeconds: number;
  /** With their records after the interval; some may have been put away. */
  readonly followed: readonly Followed[];
}

/** Sends the recorded rows without reading the queue. */
export async function tellRecorded(tools: Tools, memory: WatchMemory, only?: ReadonlySet<string>): Promise<void> {
  const followed = await readFollowed(tools, memory, only);
  await tellAll(followed, tools, memory);
}

/** Sends what is recorded, and puts jobs away once all is sent. */
async function tellAll(followed: readonly Followed[], tools: Tools, memory: WatchMemory): Promise<Followed[]> {
  const sent = await sendAllRows(followed, tools, memory);
  const behind = await sendSummaries(sent, tools, memory);
  const shown = await sendChecks(sent, tools, memory);
  await finishShownJobs(shown, behind, tools, memory);
  return shown;
}

/** Sends the comments that are behind. While GitHub is away, or limits requests, they wait for the next interval. */
async function sendAllRows(followed: readonly Followed[], tools: Tools, memory: WatchMemory): Promise<Followed[]> {
  const current = new Map(followed.map((each) => [each.job.id as string, each]));
  const { pollIntervalSeconds } = tools.settings.jobManager;
  const due: Followed[] = [];
  for (const each of followed) {
    const isIts = () => isToBeSent(each, tools, pollIntervalSeconds, memory.sending);
    if (await decide(each, tools, memory, isIts)) due.push(each);
  }
  memory.sending.allWait = false;
  for (const each of inSendingOrder(due, memory.sending)) {
    if (memory.sending.allWait) break;
    const sent = await onItsOwn(each, tools, memory, async () => ({
      job: each.job,
      record: await sendRows(each, tools, memory.sending),
    }));
    current.set(each.job.id, sent);
  }
  return [...current.values()];
}

/**
 * Moves finished jobs to `finished/` once all is shown. `behind`: names of summaries that do not show it yet. A deployment may add a row at any moment, so
 * each record is read once more.
 */
async function finishShownJobs(
  followed: readonly Followed[],
  behind: ReadonlySet<string>,
  tools: Tools,
  memory: WatchMemory,
): Promise<void> {
  const isDone = (now: JobRecord) =>
    now.phase === 'finished' && !isBehind(now) && planCheckNow(now, tools, memory).kind === 'leave it';
  for (const each of followed) {
    const isBehindInSummary = behind.has(summaryNameOf(each.job.directory) ?? '');
    if (isBehindInSummary || !(await decide(each, tools, memory, () => isDone(each.record)))) continue;
    await onItsOwn(each, tools, memory, async () => {
      await tools.jobs.whileUnchanged(each.job, tools.forge, async (now) => {
        const isShown = now.rows.length === each.record.rows.length;
        if (isDone(now) && isShown) await finishJob(tools.settings.jobManager.jobIdsDir, each.job.id);
      });
      return each;
    });
  }
}

/** Sets unusable jobs aside. If that fails, the next interval retries it. */
async function setUnusableJobsAside(
  { settings, log }: Pick<Tools, 'settings' | 'log'>,
  memory: WatchMemory,
): Promise<void> {
  const { enough, counts } = memory.unusable.endInterval();
  for (const { job, why, attempts } of enough) {
    const { id, directory } = job;
    try {
      await setJobAside(settings.stateDir, settings.jobManager.jobIdsDir, job, whySetAside(attempts, why));
      memory.told.delete(id);
      memory.failures.delete(id);
      log.error({ job: id, directory, why }, 'set a job aside');
    } catch (err) {
      memory.failures.set(id, err);
      log.error({ err, job: id, directory }, 'could not set a job aside');
    }
  }
  if (counts !== undefined) await writeFailureCounts(settings.stateDir, counts);
}
