import { readCancellations } from '../../jobs/cancellations.ts';
import { jobFields } from '../../jobs/log-fields.ts';
import type { JobAddress, JobId, JobReading, QueueReading } from '../../outside/slurm/slurm.ts';
import type { Followed } from '../records/followed.ts';
import type { Tools } from '../tools.ts';
import { carryOut, takeRelease } from './carry-out.ts';
import { askSlurm, type Looked, observeJob } from './observe-job.ts';
import { decide, onItsOwn } from './on-its-own.ts';
import { type Known, planJob, planLooks } from './plan-job.ts';
import { readingOf, type WatchMemory } from './watch-memory.ts';

/** Observes each job, plans, and carries the changes out. */
export async function advanceJobs(
  followed: readonly Followed[],
  queue: QueueReading,
  tools: Tools,
  memory: WatchMemory,
): Promise<Followed[]> {
  const { build, jobManager } = tools.settings;
  const { pollIntervalSeconds } = jobManager;
  const circumstances = { handoverProtocol: build.handoverProtocol.kind, now: tools.now(), pollIntervalSeconds };
  const lookAt = planLooks(queue, circumstances);
  const lookOf = (known: Known): Looked => ({ known, ...lookAt(known) });
  const looked = new Map<JobId, Looked>();
  for (const each of followed) {
    const look = await decide(each, tools, memory, () => lookOf(knownOf(each)));
    if (look !== undefined) looked.set(each.job.id, look);
  }
  const answers = await askSlurm([...looked.values()], tools.slurm);
  tellUnread(followed, queue, answers, tools.log, memory);
  // Read after asking Slurm: the order is there before scancel runs, so it is known who cancelled a job.
  const cancellations = await readCancellations(tools.settings.stateDir);
  const now: Followed[] = [];
  const due = new Map<JobId, JobAddress>();
  for (const each of followed) {
    const { id } = each.job;
    const look = looked.get(id);
    const advance = async (queued: Looked) => {
      const answer = answers.get(id);
      const releaseRests = tools.monotonic() < (memory.releases.get(id)?.notBefore ?? Number.NEGATIVE_INFINITY);
      const ofAll = { answer, cancellation: cancellations.of(each.job), releaseRests };
      const seen = await observeJob(queued, ofAll, circumstances.now, tools);
      const changes = planJob(queued.known, seen, circumstances);
      if (answer !== undefined)
        tools.log.info({ ...jobFields(each.job, each.record), answer, changes }, 'asked Slurm for a job by its id');
      return await carryOut(each, changes, tools, memory, due);
    };
    now.push(look === undefined ? each : await onItsOwn(each, tools, memory, () => advance(look)));
  }
  return await releaseAll(now, due, tools, memory);
}

/** Releases the jobs that are due, by one request for all. */
async function releaseAll(
  followed: readonly Followed[],
  due: ReadonlyMap<JobId, JobAddress>,
  tools: Tools,
  memory: WatchMemory,
): Promise<Followed[]> {
  if (due.size === 0) return [...followed];
  const releasing = tools.slurm.release([...due.values()]);
  releasing.catch(() => {}); // thrown for each job on its own
  const now: Followed[] = [];
  for (const each of followed) {
    const { id } = each.job;
    const take = async () => await takeRelease(each, (await releasing).get(id), tools, memory);
    now.push(due.has(id) ? await onItsOwn(each, tools, memory, take) : each);
  }
  return now;
}

function knownOf({ job, record }: Followed): Known {
  const { phase, asked, submission } = record;
  const cluster = submission.kind === 'submitted' ? submission.cluster : '';
  return { ...job, phase, cluster, ...(asked && { asked }) };
}

/** Logs, once for each job, that Slurm's answer about it is unreadable. */
function tellUnread(
  followed: readonly Followed[],
  queue: QueueReading,
  answers: ReadonlyMap<JobId, JobReading>,
  log: Tools['log'],
  memory: WatchMemory,
): void {
  const unread = new Map(queue.kind === 'queue' ? queue.unread?.map(({ id, why }) => [id, why]) : []);
  for (const [id, answer] of answers) if (answer.kind === 'unreadable') unread.set(id, answer.why);
  const read = new Set(queue.kind === 'queue' ? queue.entries.map(({ id }) => id) : []);
  for (const { job } of followed) {
    const why = unread.get(job.id);
    const isRead = read.has(job.id) || answers.has(job.id);
    if (why === undefined && isRead) memory.told.delete(readingOf(job.id));
    if (why !== undefined)
      memory.tell(log, readingOf(job.id), why, "Slurm's answer about a job could not be read: nothing is done to it");
  }
}
