import pLimit from 'p-limit';
import { whySetAside } from '../../daemon/attempts.ts';
import { readCancellations } from '../../jobs/cancellations.ts';
import { readFailureCounts, writeFailureCounts } from '../../jobs/failure-counts.ts';
import {
  finishJob,
  isFinished,
  type JobLink,
  lookAmongSetAside,
  readHandovers,
  takeJob,
} from '../../jobs/handovers.ts';
import { type JobRecord, readJobRecord } from '../../jobs/job-record.ts';
import { judgeErrorOfJob, Unusable } from '../../jobs/judge-error.ts';
import { jobFields } from '../../jobs/log-fields.ts';
import { readMetadata } from '../../jobs/metadata.ts';
import { isUnderWay } from '../../jobs/plans.ts';
import { setJobAside } from '../../jobs/set-aside.ts';
import { summaryNameOf } from '../../jobs/summaries.ts';
import { exists } from '../../outside/files/exists.ts';
import { syncAgain } from '../../outside/files/sync-directory.ts';
import type { JobAddress, JobId, JobReading, QueueReading } from '../../outside/slurm/slurm.ts';
import { wordsOf } from '../../words-of.ts';
import type { Followed } from '../records/followed.ts';
import type { Tools } from '../tools.ts';
import { askSlurm, type Looked } from './ask-slurm.ts';
import { carryOut, takeRelease } from './carry-out.ts';
import { observeJob } from './observe-job.ts';
import { type Known, planJob, planLooks } from './plan-job.ts';
import { inSendingOrder, isBehind, isToBeSent } from './plan-sends.ts';
import { planCheckNow, sendChecks } from './send-checks.ts';
import { sendRows } from './send-rows.ts';
import { sendSummaries } from './send-summaries.ts';
import { readingOf, type WatchMemory } from './watch-memory.ts';

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
  const now = await advanceAll(followed, queue, tools, memory);
  const told = await tellAll(now, tools, memory);
  await leaveWhatIsUnusable(tools, memory);
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

/** Observes each job, plans, and carries the changes out. */
async function advanceAll(
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

/** Sends the recorded rows without reading the queue. */
export async function tellRecorded(tools: Tools, memory: WatchMemory, only?: ReadonlySet<string>): Promise<void> {
  const followed = await readFollowed(tools, memory, only);
  await tellAll(followed, tools, memory);
}

/** Sends what is recorded, and puts jobs away once all is sent. */
async function tellAll(followed: readonly Followed[], tools: Tools, memory: WatchMemory): Promise<Followed[]> {
  const sent = await send(followed, tools, memory);
  const behind = await sendSummaries(sent, tools, memory);
  const shown = await sendChecks(sent, tools, memory);
  await leaveWhatIsDone(shown, behind, tools, memory);
  return shown;
}

/** The followed jobs, with their records. */
async function readFollowed(tools: Tools, memory: WatchMemory, only?: ReadonlySet<string>): Promise<Followed[]> {
  const links = await memory.submitted.read(tools.settings.jobManager.jobIdsDir);
  return await readRecords(
    links.filter(({ id }) => only === undefined || only.has(id)),
    tools,
    memory,
  );
}

/** Follows jobs that were handed over, and jobs in the queue that another bot with the same directories submitted. */
async function takeNewJobs(
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

/** Sends the comments that are behind. While GitHub is away, or limits requests, they wait for the next interval. */
async function send(followed: readonly Followed[], tools: Tools, memory: WatchMemory): Promise<Followed[]> {
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
 * Puts finished jobs away once all is shown. `behind`: names of summaries that do not show it yet. A deployment may add a row at any moment, so
 * each record is read once more.
 */
async function leaveWhatIsDone(
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
async function leaveWhatIsUnusable(
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

/** A failure stops this job alone, for this interval, and is logged once. */
async function onItsOwn<T extends { readonly job: JobLink }>(
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
async function decide<T>(
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
