import {
  finishJob,
  isFinished,
  isSetAside,
  type JobLink,
  readHandovers,
  readSubmitted,
  takeJob,
} from '../../jobs/handovers.ts';
import type { JobRecord, Row } from '../../jobs/job-record.ts';
import { readMetadata } from '../../jobs/metadata.ts';
import { readEnd, readResult, readTest } from '../../jobs/results.ts';
import { setJobAside } from '../../jobs/set-aside.ts';
import { finishedRow, receivedRow, releasedRow, runningRow, testResultRow } from '../../messages/job-rows.ts';
import { settle } from '../../outside/files/durable-files.ts';
import { TryAgainLater } from '../../outside/github/github.ts';
import type { JobReading, QueueReading } from '../../outside/slurm/slurm.ts';
import { UnusableJob, withRows } from '../job-store.ts';
import type { Tools } from '../tools.ts';
import { askForMissing } from './ask-for-missing.ts';
import { afterAsking, planAfterAsking } from './plan-asking.ts';
import { planReleasePause } from './plan-pause.ts';
import { type Followed, isBehind, planSends } from './plan-sends.ts';
import { type Ending, planFromAnswer, planTransitions, type Transition } from './plan-transitions.ts';
import { sendRows } from './send-rows.ts';
import { SendingPause } from './sending-pause.ts';
import { UnusableJobs } from './unusable-jobs.ts';

/** What the job manager keeps in memory from one interval to the next. Losing it costs a few requests, no more. */
export class Memory {
  readonly sending = new SendingPause();
  /** What was last logged of a thing that is wrong, so that each is told once and not every interval. */
  readonly told = new Map<string, string>();
  /** Job -> what it last failed with. */
  readonly failures = new Map<string, unknown>();
  /** Job -> how often it could not be released, and before when that is not tried again. */
  readonly releases = new Map<string, { readonly failures: number; readonly notBefore: number }>();
  readonly unusable = new UnusableJobs();
  /** Jobs that had their turn in this interval. */
  readonly seen = new Set<string>();

  /** What is remembered of jobs with which nothing is left to do goes. */
  keepSeen(): void {
    const isGone = (subject: string) => subject !== 'queue' && !this.seen.has(subject.replace(releasing, ''));
    for (const remembered of [this.told, this.failures, this.releases])
      for (const subject of remembered.keys()) if (isGone(subject)) remembered.delete(subject);
    this.seen.clear();
  }
}

/** Before a job's id: its release is what is told of. */
const releasing = 'release ';

/**
 * One interval: reads the queue once, and acts on the differences only. `only`: these jobs, if any are named. Gives back how many seconds
 * Slurm took for the queue.
 */
export async function watchOnce(tools: Tools, memory: Memory, only?: ReadonlySet<string>): Promise<number> {
  const { settings, slurm } = tools;
  const begun = tools.now().getTime();
  const queue = await slurm.readQueue();
  const tookSeconds = (tools.now().getTime() - begun) / 1000;
  if (queue.kind === 'unreadable')
    tell(tools, memory, 'queue', queue.why, 'the queue could not be read: nothing is concluded from it');
  else memory.told.delete('queue');
  memory.unusable.beginInterval();
  await takeNewJobs(queue, tools, memory, only);
  const followed = await readFollowed(tools, memory, only);
  const known = followed.map(({ job, record: { phase, asked } }) => ({ ...job, phase, ...(asked && { asked }) }));
  const { pollIntervalSeconds } = settings.jobManager;
  const transitions = planTransitions(known, queue, {
    handover: settings.build.handover.kind,
    now: tools.now(),
    pollIntervalSeconds,
  });
  const readings = await askForMissing(followed, transitions, slurm);
  const now: Followed[] = [];
  for (const each of followed) {
    const due = transitions.get(each.job.id) ?? [];
    now.push(await onItsOwn(each, tools, memory, () => advance(each, due, readings.get(each.job.id), tools, memory)));
  }
  await leaveWhatIsDone(await send(now, tools, memory), tools, memory);
  await leaveWhatIsUnusable(tools, memory);
  memory.keepSeen();
  return tookSeconds;
}

/** Tells what is recorded and not told yet, without a look at the queue. */
export async function tellRecorded(tools: Tools, memory: Memory, only?: ReadonlySet<string>): Promise<void> {
  const followed = await readFollowed(tools, memory, only);
  await leaveWhatIsDone(await send(followed, tools, memory), tools, memory);
}

/** The jobs with which something is left to do. */
async function readFollowed(tools: Tools, memory: Memory, only?: ReadonlySet<string>): Promise<Followed[]> {
  const links = await readSubmitted(tools.settings.jobManager.jobIdsDir);
  return await readRecords(
    links.filter(({ id }) => only === undefined || only.has(id)),
    tools,
    memory,
  );
}

/** Jobs that were handed over, and jobs of the queue that another bot submitted to the same directories. */
async function takeNewJobs(
  queue: QueueReading,
  tools: Tools,
  memory: Memory,
  only?: ReadonlySet<string>,
): Promise<void> {
  const { stateDir, jobManager } = tools.settings;
  const { jobIdsDir } = jobManager;
  const handedOver = await readHandovers(stateDir);
  const followed = new Set<string>((await readSubmitted(jobIdsDir)).map(({ id }) => id));
  const inQueue = queue.kind === 'queue' ? queue.entries.filter(({ id }) => !followed.has(id)) : [];
  const found = inQueue.map(({ id, workDir }) => ({ id, directory: workDir }));
  for (const job of [...handedOver, ...found]) {
    if (only !== undefined && !only.has(job.id)) continue;
    await onItsOwn({ job }, tools, memory, async () => {
      if (!(await isToBeTaken(job, jobIdsDir))) return { job };
      const taken = await takeJob(stateDir, jobIdsDir, job);
      if (taken === 'taken') tools.log.info({ job: job.id, directory: job.directory }, 'follows a job');
      return { job };
    });
  }
}

/** Metadata say that it is the job manager's. Of a job that was put away they are needed no more: only its handover may have to go. */
async function isToBeTaken(job: JobLink, jobIdsDir: string): Promise<boolean> {
  const metadata = await readMetadata(job.directory, job.id);
  if (metadata.kind === 'missing' || (await isSetAside(jobIdsDir, job))) return false;
  if (metadata.kind === 'unusable' && !(await isFinished(jobIdsDir, job))) throw new UnusableJob(metadata.why);
  return true;
}

async function readRecords(links: readonly JobLink[], tools: Tools, memory: Memory): Promise<Followed[]> {
  const followed: Followed[] = [];
  for (const job of links) {
    const read = await onItsOwn<{ job: JobLink; record?: JobRecord }>({ job }, tools, memory, async () => ({
      job,
      record: await tools.jobs.read(job, tools.github),
    }));
    if (read.record !== undefined) followed.push({ job, record: read.record });
  }
  return followed;
}

/** Carries the transitions of one job out. Each is recorded before it is told. */
async function advance(
  { job, record }: Followed,
  transitions: readonly Transition[],
  reading: JobReading | undefined,
  tools: Tools,
  memory: Memory,
): Promise<Followed> {
  let now = record;
  const cluster = record.submission.kind === 'submitted' ? record.submission.cluster : '';
  const { kind: handover } = tools.settings.build.handover;
  const fromAnswer = planFromAnswer({ ...job, phase: record.phase }, reading, cluster, handover);
  for (const transition of [...transitions, ...fromAnswer]) {
    if (transition.kind !== 'ask') now = await carryOut(transition, job, now, tools, memory);
    else if (reading !== undefined) now = await learn(reading, job, now, tools);
  }
  return { job, record: now };
}

async function carryOut(
  transition: Exclude<Transition, { readonly kind: 'ask' }>,
  job: JobLink,
  record: JobRecord,
  tools: Tools,
  memory: Memory,
): Promise<JobRecord> {
  const { slurm, settings, now } = tools;
  const { texts } = settings;
  const release = `${releasing}${job.id}`;
  if (transition.kind !== 'release') memory.told.delete(release);
  switch (transition.kind) {
    case 'release': {
      const { failures, notBefore } = memory.releases.get(job.id) ?? { failures: 0, notBefore: 0 };
      if (now().getTime() < notBefore) return record;
      const begun = await tools.jobs.change(job, tools.github, (before) =>
        before.releaseBegun === undefined ? { ...before, releaseBegun: now().toISOString() } : before,
      );
      const answer = await slurm.release(transition.entry);
      if (answer.kind === 'released') {
        memory.told.delete(release);
        return await enter('released', [releasedRow(now(), texts)], job, tools);
      }
      const seconds = planReleasePause(settings.jobManager.pollIntervalSeconds, failures + 1);
      memory.releases.set(job.id, { failures: failures + 1, notBefore: now().getTime() + seconds * 1000 });
      tell(tools, memory, release, answer.message, 'a held job could not be released: tried again');
      return begun;
    }
    case 'released':
      return await enter('released', [releasedRow(now(), texts)], job, tools);
    case 'received': {
      const reading = (await slurm.askFor([{ ...transition.entry, ...job }])).get(job.id);
      const eligible = reading?.kind === 'job' ? reading.eligibleTime : undefined;
      return await enter('released', [receivedRow(now(), texts, eligible)], job, tools);
    }
    case 'running':
      return await enter('running', [runningRow(now(), texts, job.id)], job, tools);
    case 'finished':
      return await finish(transition.ending, job, tools);
    case 'found':
      return await tools.jobs.change(job, tools.github, ({ asked: _, ...before }) => before);
  }
}

/** What Slurm answered about a job that it was asked for: its end, or one more answer that leaves it open. */
async function learn(reading: JobReading, job: JobLink, record: JobRecord, tools: Tools): Promise<JobRecord> {
  const now = tools.now();
  const asked = afterAsking(record.asked, reading, now);
  const ending = planAfterAsking(reading, await readEnd(job.directory, job.id), asked, now);
  tools.log.info(
    { job: job.id, reading, asked, ending },
    'asked for a job that the queue does not show, or not enough of',
  );
  if (ending !== undefined) return await finish(ending, job, tools);
  return await tools.jobs.change(job, tools.github, (before) => ({ ...before, asked }));
}

/** The job has ended: what Slurm says, what the build and the test say. */
async function finish({ state, ...ending }: Ending, job: JobLink, tools: Tools): Promise<JobRecord> {
  const { texts } = tools.settings;
  const at = tools.now();
  const result = await readResult(job.directory, job.id);
  const test = await readTest(job.directory, job.id);
  const saidByScript = state === 'FAILED' ? (await readEnd(job.directory, job.id))?.reason : undefined;
  const whole = {
    ...ending,
    slurmState: state,
    ...(saidByScript !== undefined && { saidByScript }),
    ...(result.description !== undefined && { description: result.description }),
  };
  const rows = [finishedRow(at, texts, job.id, whole), testResultRow(at, texts, job.id, test.description)];
  return await enter('finished', rows, job, tools);
}

/** Records a new phase and its rows in one step. */
async function enter(phase: JobRecord['phase'], rows: readonly Row[], job: JobLink, tools: Tools): Promise<JobRecord> {
  return await tools.jobs.change(job, tools.github, ({ asked: _, ...record }) => {
    tools.log.info({ job: job.id, from: record.phase, to: phase }, 'a job changed');
    // Released by a process that was killed before it said so, and the job has come further since.
    const releaseBegun = record.phase === 'submitted' && phase === 'finished' ? record.releaseBegun : undefined;
    const missed = releaseBegun === undefined ? [] : [releasedRow(new Date(releaseBegun), tools.settings.texts)];
    return withRows({ ...record, phase }, [...missed, ...rows]);
  });
}

/** Brings the comments up to date; while GitHub asks to wait, or is away, what is recorded waits. */
async function send(followed: readonly Followed[], tools: Tools, memory: Memory): Promise<Followed[]> {
  const current = new Map(followed.map((each) => [each.job.id as string, each]));
  const { pollIntervalSeconds } = tools.settings.jobManager;
  for (const each of planSends(followed, tools.now(), pollIntervalSeconds, memory.sending)) {
    if (!memory.sending.isOver(tools.now())) break;
    const sent = await onItsOwn(each, tools, memory, async () => ({
      job: each.job,
      record: await sendRows(each, tools, memory.sending),
    }));
    current.set(each.job.id, sent);
  }
  return [...current.values()];
}

/** Puts jobs away with which nothing is left to do. A deployment may add a row at any moment, so each record is looked at once more. */
async function leaveWhatIsDone(followed: readonly Followed[], tools: Tools, memory: Memory): Promise<void> {
  const isDone = (now: JobRecord) => now.phase === 'finished' && !isBehind(now);
  for (const each of followed) {
    if (!isDone(each.record)) continue;
    await onItsOwn(each, tools, memory, async () => {
      await tools.jobs.hold(each.job, tools.github, async (now) => {
        if (isDone(now)) await finishJob(tools.settings.jobManager.jobIdsDir, each.job.id);
      });
      return each;
    });
  }
}

/** Jobs that nothing but a person can put right are set aside. One that cannot be is tried again in the next interval, and stops no other. */
async function leaveWhatIsUnusable({ settings, log }: Tools, memory: Memory): Promise<void> {
  for (const { job, why } of memory.unusable.endInterval()) {
    const { id, directory } = job;
    try {
      const reason = `it failed again and again, at last with: ${why}`;
      await setJobAside(settings.stateDir, settings.jobManager.jobIdsDir, job, reason);
      memory.told.delete(id);
      memory.failures.delete(id);
      log.error({ job: id, directory, why }, 'set a job aside');
    } catch (err) {
      memory.failures.set(id, err);
      log.error({ err, job: id, directory }, 'could not set a job aside');
    }
  }
}

/** What goes wrong with one job stops that one for this interval, and is told once. */
async function onItsOwn<T extends { readonly job: JobLink }>(
  each: T,
  tools: Tools,
  memory: Memory,
  act: () => Promise<T>,
): Promise<T> {
  const { id } = each.job;
  memory.seen.add(id);
  try {
    await settle(memory.failures.get(id));
    memory.failures.delete(id);
    const after = await act();
    memory.told.delete(id);
    return after;
  } catch (error) {
    memory.failures.set(id, error);
    if (error instanceof UnusableJob) memory.unusable.failed(each.job, error.message);
    if (error instanceof TryAgainLater) memory.sending.after(error, tools.now());
    tell(
      tools,
      memory,
      id,
      error instanceof Error ? error.message : String(error),
      'a job could not be followed this time',
      error,
    );
    return each;
  }
}

function tell(tools: Tools, memory: Memory, subject: string, what: string, sentence: string, err?: unknown): void {
  if (memory.told.get(subject) === what) return;
  memory.told.set(subject, what);
  tools.log.warn({ subject, what, ...(err !== undefined && { err }) }, sentence);
}
