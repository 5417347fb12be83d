import type { JobLink } from '../../jobs/handovers.ts';
import type { JobRecord, Row } from '../../jobs/job-record.ts';
import { readEnd, readResult, readTest } from '../../jobs/results.ts';
import { finishedRow, receivedRow, releasedRow, runningRow, testResultRow } from '../../messages/job-rows.ts';
import type { JobReading } from '../../outside/slurm/slurm.ts';
import { withRows } from '../job-store.ts';
import type { Tools } from '../tools.ts';
import { type Memory, releaseOf } from './memory.ts';
import { afterAsking, planAfterAsking } from './plan-asking.ts';
import { planReleasePause } from './plan-pause.ts';
import type { Followed } from './plan-sends.ts';
import { type Ending, planFromAnswer, type Transition } from './plan-transitions.ts';

/** Carries the transitions of one job out. Each is recorded before it is told. */
export async function advance(
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
  const { slurm, settings, now, monotonic } = tools;
  const { texts } = settings;
  const release = releaseOf(job.id);
  if (transition.kind !== 'release') memory.told.delete(release);
  switch (transition.kind) {
    case 'release': {
      const { failures, notBefore } = memory.releases.get(job.id) ?? {
        failures: 0,
        notBefore: Number.NEGATIVE_INFINITY,
      };
      if (monotonic() < notBefore) return record;
      const begun = await tools.jobs.change(job, tools.github, (before) =>
        before.releaseBegun === undefined ? { ...before, releaseBegun: now().toISOString() } : before,
      );
      const answer = await slurm.release(transition.entry);
      if (answer.kind === 'released') {
        memory.told.delete(release);
        return await enter('released', [releasedRow(now(), texts)], job, tools);
      }
      const seconds = planReleasePause(settings.jobManager.pollIntervalSeconds, failures + 1);
      memory.releases.set(job.id, { failures: failures + 1, notBefore: monotonic() + seconds * 1000 });
      memory.tell(tools.log, release, answer.message, 'a held job could not be released: tried again');
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
  const ending = planAfterAsking(reading, await readEnd(job.directory, job.id), asked);
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
