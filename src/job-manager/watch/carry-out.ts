import type { JobLink } from '../../jobs/handovers.ts';
import { readJobOutput } from '../../jobs/job-output.ts';
import type { JobEnding, JobRecord, Row } from '../../jobs/job-record.ts';
import { jobFields } from '../../jobs/log-fields.ts';
import { type JobReport, readEnd, readResult, readTest } from '../../jobs/results.ts';
import { belowTable } from '../../messages/job-output.ts';
import {
  cancelledRow,
  finishedRow,
  receivedRow,
  releasedRow,
  runningRow,
  shortCancelled,
  shortEnd,
  shortTest,
  testResultRow,
} from '../../messages/job-rows.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import type { HowEnded, JobEnd } from '../../outside/slurm/job-state.ts';
import type { JobAddress, JobId, ReleaseAnswer } from '../../outside/slurm/slurm.ts';
import type { Followed } from '../records/followed.ts';
import { withCancellation, withRows } from '../records/job-store.ts';
import type { Tools } from '../tools.ts';
import type { JobChange } from './plan-job.ts';
import { planReleasePause } from './plan-pause.ts';
import { releaseOf, type WatchMemory } from './watch-memory.ts';

/** Carries out the changes of one job. Each is recorded before it is sent. `due`: held jobs to release, in one request, after the changes of all jobs. */
export async function carryOut(
  { job, record }: Followed,
  changes: readonly JobChange[],
  tools: Tools,
  memory: WatchMemory,
  due: Map<JobId, JobAddress>,
): Promise<Followed> {
  let now = record;
  for (const change of changes) now = await carryOutOne(change, job, now, tools, memory, due);
  return { job, record: now };
}

async function carryOutOne(
  change: JobChange,
  job: JobLink,
  record: JobRecord,
  tools: Tools,
  memory: WatchMemory,
  due: Map<JobId, JobAddress>,
): Promise<JobRecord> {
  const { settings, now } = tools;
  const { texts } = settings;
  if (change.kind !== 'release') memory.told.delete(releaseOf(job.id));
  switch (change.kind) {
    case 'release': {
      const begun = await tools.jobs.change(job, tools.forge, (recorded) =>
        recorded.releaseBegun === undefined ? { ...recorded, releaseBegun: now().toISOString() } : recorded,
      );
      due.set(job.id, change.address); // only once the record says so
      return begun;
    }
    case 'released':
      return await enter('released', [releasedRow(now(), texts)], job, tools);
    case 'received':
      return await enter('released', [receivedRow(now(), texts, change.eligibleTime)], job, tools);
    case 'running':
      return await enter('running', [runningRow(now(), texts, job.id)], job, tools);
    case 'finished':
      return await finish(change, job, record, tools);
    case 'asked': {
      const asked = change.asked === undefined ? {} : { asked: change.asked };
      return await tools.jobs.change(job, tools.forge, ({ asked: _, ...before }) => ({ ...before, ...asked }));
    }
  }
}

/** Records that a job was released; if that failed, when to retry it. */
export async function takeRelease(
  { job, record }: Followed,
  answer: ReleaseAnswer | undefined,
  tools: Tools,
  memory: WatchMemory,
): Promise<Followed> {
  const { settings, log, now, monotonic } = tools;
  if (answer?.kind === 'released') {
    memory.told.delete(releaseOf(job.id));
    return { job, record: await enter('released', [releasedRow(now(), settings.texts)], job, tools) };
  }
  const failures = (memory.releases.get(job.id)?.failures ?? 0) + 1;
  const seconds = planReleasePause(settings.jobManager.pollIntervalSeconds, failures);
  memory.releases.set(job.id, { failures, notBefore: monotonic() + seconds * 1000 });
  const why = answer?.message ?? 'Slurm did not answer about it';
  memory.tell(log, releaseOf(job.id), why, 'a held job could not be released: tried again');
  return { job, record };
}

/** Records the end of a job: what Slurm, the build and the test say. */
async function finish(
  { end, by }: Extract<JobChange, { kind: 'finished' }>,
  job: JobLink,
  record: JobRecord,
  tools: Tools,
): Promise<JobRecord> {
  const { texts } = tools.settings;
  const at = tools.now();
  const result = await readResult(job.directory, job.id);
  const test = await readTest(job.directory, job.id);
  const tested = testResultRow(at, texts, job.id, test.description);
  const short = shortTest(texts, job.id, test.description);
  if (by !== undefined) {
    const rows = [cancelledRow(at, by, result.description), tested];
    const more = { ended: 'cancelled', result: { build: shortCancelled(result.description), test: short } } as const;
    return await enter('finished', rows, job, tools, more, (before) => withCancellation(before, at, job.id, by));
  }
  const saidByScript = end.how === 'failed' ? (await readEnd(job.directory, job.id))?.reason : undefined;
  const whole = {
    ...end,
    ...(saidByScript !== undefined && { saidByScript }),
    ...(result.description !== undefined && { description: result.description }),
  };
  const rows = [finishedRow(at, texts, job.id, whole), tested];
  const isGood = endedWell(end, result, test);
  const below = isGood ? undefined : await readBelow(job, record, result, tools);
  const nodes = end.facts?.nodes;
  return await enter('finished', rows, job, tools, {
    ended: endings[end.how] ?? (isGood ? 'success' : 'failure'),
    result: { build: shortEnd(texts, job.id, whole), test: short },
    ...(below && { below }),
    ...(nodes !== undefined && { nodes }),
  });
}

/** Ends that have an ending of their own; for others build and test decide. */
const endings: Readonly<Partial<Record<HowEnded, JobEnding>>> = {
  cancelled: 'cancelled',
  timeout: 'timed out',
  deadline: 'timed out',
};

/** Neither Slurm nor a check script says that it failed, and there is a result. */
function endedWell({ how }: JobEnd, result: JobReport, test: JobReport): boolean {
  const isBad = ({ status = '' }: JobReport) => status === 'FAILURE' || status === 'UNKNOWN';
  return how === 'completed' && result.description !== undefined && !isBad(result) && test.status !== 'FAILURE';
}

/** The text below the table of a failed job. */
async function readBelow(
  job: JobLink,
  record: JobRecord,
  { status }: JobReport,
  { settings, log }: Pick<Tools, 'settings' | 'log'>,
): Promise<Markdown | undefined> {
  const { appName, build, dialect, jobManager, stateDir } = settings;
  if (jobManager.logTailLines === 0) return undefined;
  const output = await readJobOutput(job, jobManager.logTailLines, [build.jobsBaseDir, stateDir]);
  if (output.kind === 'unusable')
    log.warn({ ...jobFields(job, record), why: output.why }, 'the output of a job is not shown');
  const lines = output.kind === 'lines' ? output.lines : [];
  const isGreen = status === 'SUCCESS';
  return belowTable({ id: job.id, lines, target: record.target, isGreen, appName, dialect });
}

/** Records a new phase and its rows in one step. */
async function enter(
  phase: JobRecord['phase'],
  rows: readonly Row[],
  job: JobLink,
  tools: Pick<Tools, 'settings' | 'jobs' | 'forge' | 'log'>,
  more?: Pick<JobRecord, 'ended' | 'result' | 'below' | 'nodes'>,
  tellFirst = (record: JobRecord) => record,
): Promise<JobRecord> {
  return await tools.jobs.change(job, tools.forge, ({ asked: _, ...record }) => {
    tools.log.info({ ...jobFields(job, record), from: record.phase, to: phase }, 'a job changed');
    // A process was killed after releasing it, before recording that.
    const releaseBegun = record.phase === 'submitted' && phase === 'finished' ? record.releaseBegun : undefined;
    const missed = releaseBegun === undefined ? [] : [releasedRow(new Date(releaseBegun), tools.settings.texts)];
    return withRows({ ...tellFirst(withRows(record, missed)), phase, ...more }, rows);
  });
}
