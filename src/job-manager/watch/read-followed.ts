import pLimit from 'p-limit';
import { isFinished, type JobLink, lookAmongSetAside, readHandovers, takeJob } from '../../jobs/handovers.ts';
import { type JobRecord, readJobRecord } from '../../jobs/job-record.ts';
import { Unusable } from '../../jobs/judge-error.ts';
import { readMetadata } from '../../jobs/metadata.ts';
import { isUnderWay } from '../../jobs/plans.ts';
import { exists } from '../../outside/files/exists.ts';
import type { QueueReading } from '../../outside/slurm/slurm.ts';
import type { Followed } from '../records/followed.ts';
import type { Tools } from '../tools.ts';
import { onItsOwn } from './on-its-own.ts';
import type { WatchMemory } from './watch-memory.ts';

/** Follows jobs that were handed over, and jobs in the queue that another bot with the same directories submitted. */
export async function takeNewJobs(
  queue: QueueReading,
  tools: Pick<Tools, 'settings' | 'log'>,
  memory: WatchMemory,
  only?: ReadonlySet<string>,
): Promise<void> {
  const { stateDir, jobManager } = tools.settings;
  const { jobIdsDir } = jobManager;
  const handedOver = await readHandovers(stateDir);
  const followed = new Set<string>((await memory.submitted.read(jobIdsDir)).map(({ id }) => id));
  const inQueue = queue.kind === 'queue' ? queue.entries.filter(({ id }) => !followed.has(id)) : [];
  const found = inQueue.map(({ id, workDir }) => ({ id, directory: workDir }));
  for (const job of [...handedOver, ...found]) {
    if (only !== undefined && !only.has(job.id)) continue;
    await onItsOwn({ job }, tools, memory, async () => {
      const isHandedOver = handedOver.includes(job);
      if (isHandedOver && !(await exists(job.directory))) throw new Unusable(`its directory ${job.directory} is gone`);
      if (!(await isToBeTaken(job, isHandedOver, stateDir, jobIdsDir))) return { job };
      const taken = await takeJob(stateDir, jobIdsDir, job);
      if (taken === 'taken') tools.log.info({ job: job.id, directory: job.directory }, 'follows a job');
      return { job };
    });
  }
}

/**
 * A metadata file means that the job is ours: the event handler writes it last. If the command is done and the file is missing, the job
 * removed it. A finished job needs none: only its handover may have to be removed.
 */
async function isToBeTaken(job: JobLink, isHandedOver: boolean, stateDir: string, jobIdsDir: string): Promise<boolean> {
  const metadata = await readMetadata(job.directory, job.id);
  if (metadata.kind === 'missing' && (!isHandedOver || (await isUnderWay(stateDir, job.directory)))) return false;
  if ((await lookAmongSetAside(jobIdsDir, job)) === 'this one') return false;
  // Ours is handed over until it is followed. What the queue alone shows is of an earlier bot, which has no record, or of another instance.
  if (!isHandedOver && (await readJobRecord(job.directory)).kind === 'unusable') return false;
  if (metadata.kind === 'unusable' && !(await isFinished(jobIdsDir, job))) throw new Unusable(metadata.why);
  return true;
}

/** The followed jobs, with their records. */
export async function readFollowed(tools: Tools, memory: WatchMemory, only?: ReadonlySet<string>): Promise<Followed[]> {
  const links = await memory.submitted.read(tools.settings.jobManager.jobIdsDir);
  return await readRecords(
    links.filter(({ id }) => only === undefined || only.has(id)),
    tools,
    memory,
  );
}

async function readRecords(links: readonly JobLink[], tools: Tools, memory: WatchMemory): Promise<Followed[]> {
  tools.jobs.keepOnly(links);
  const looked = await pLimit(lookedAtAtOnce).map(links, (job) =>
    onItsOwn<{ job: JobLink; record?: JobRecord }>({ job }, tools, memory, async () => ({
      job,
      record: await tools.jobs.look(job, tools.forge),
    })),
  );
  return looked.flatMap(({ job, record }) => (record === undefined ? [] : [{ job, record }]));
}

/** Records read at once: on a remote file system each read takes long. */
const lookedAtAtOnce = 32;
