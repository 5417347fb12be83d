import { lookAmongSetAside } from '../../jobs/handovers.ts';
import { type JobRecord, readJobRecord } from '../../jobs/job-record.ts';
import { isUnderWay } from '../../jobs/plans.ts';
import {
  closeSummary,
  listSummaries,
  readSummary,
  type SummarizedJob,
  type Summary,
  type SummaryRow,
  summaryNameOf,
  writeSummary,
} from '../../jobs/summaries.ts';
import { isSummary, noJobRow, preparingRow, renderSummary, summaryRow } from '../../messages/summary.ts';
import { syncAgain } from '../../outside/files/sync-directory.ts';
import type { Comment } from '../../outside/forge/forge.ts';
import { sayOnce } from '../../outside/forge/say-once.ts';
import { wordsOf } from '../../words-of.ts';
import type { Followed } from '../records/followed.ts';
import type { Tools } from '../tools.ts';
import { planSummary } from './plan-summaries.ts';
import { summarySubject, type WatchMemory } from './watch-memory.ts';

type Needed = Pick<Tools, 'forge' | 'log' | 'monotonic' | 'settings'>;

/**
 * Updates the comments that show all jobs of a command, with at most one request each. A failure does not hold up the others. Gives back the
 * names of those that are still behind.
 */
export async function sendSummaries(
  followed: readonly Followed[],
  tools: Needed,
  memory: WatchMemory,
): Promise<ReadonlySet<string>> {
  const { stateDir } = tools.settings;
  const { open, any } = await listSummaries(stateDir);
  if (!any) return new Set();
  const records = new Map(followed.map(({ job, record }) => [job.directory, record]));
  // A deployment adds rows to jobs whose summary was complete.
  const ofFollowed = [...records.keys()].flatMap((directory) => summaryNameOf(directory) ?? []);
  const behind = new Set([...open, ...ofFollowed]);
  for (const name of behind) memory.seen.add(summarySubject(name));
  for (const name of behind) {
    if (memory.sending.allWait) break;
    if (memory.sending.rests(name, tools.monotonic())) continue;
    if (await bringUpToDate(name, records, tools, memory)) behind.delete(name);
  }
  return behind;
}

/** Gives back whether it is up to date now, or cannot be updated any more. */
async function bringUpToDate(
  name: string,
  records: ReadonlyMap<string, JobRecord>,
  tools: Needed,
  memory: WatchMemory,
): Promise<boolean> {
  const subject = summarySubject(name);
  try {
    await syncAgain(memory.failures.get(subject));
    memory.failures.delete(subject);
    const { stateDir, jobManager } = tools.settings;
    const read = await readSummary(stateDir, name);
    if (read === undefined) return true;
    if ('why' in read) {
      memory.tell(tools.log, subject, read.why, 'a summary cannot be used: it is left as it is');
      return true;
    }
    const { path, summary } = read;
    const underWay = await isUnderWay(stateDir, summary.jobs[0]?.directory ?? '');
    const rows = await Promise.all(
      summary.jobs.map((job, index) =>
        rowOf(job, summary.rows?.[index], records.get(job.directory), underWay, jobManager.jobIdsDir),
      ),
    );
    const plan = planSummary(summary, rows, underWay);
    if (plan.kind === 'show') {
      await show(path, summary, rows, name, tools);
      memory.sending.succeeded(name, tools.monotonic());
    }
    if (plan.isAtRest) await closeSummary(stateDir, path);
    memory.sending.forget(name);
    memory.told.delete(subject);
    return true;
  } catch (error) {
    await failed(name, subject, error, tools, memory);
    return false;
  }
}

/** The row of a job. `before`: as the comment shows it. `record`: if the job is followed. */
async function rowOf(
  { directory }: SummarizedJob,
  before: SummaryRow | undefined,
  record: JobRecord | undefined,
  underWay: boolean,
  jobIdsDir: string,
): Promise<SummaryRow> {
  if (record !== undefined) return summaryRow(record, false);
  if (before?.hasEnded) return before; // it is not followed, so nothing has changed
  const reading = await readJobRecord(directory);
  if (reading.kind === 'record') {
    const { submission } = reading.record;
    const isAside =
      submission.kind === 'submitted' &&
      (await lookAmongSetAside(jobIdsDir, { id: submission.id, directory })) === 'this one';
    return summaryRow(reading.record, isAside);
  }
  if (underWay) return preparingRow;
  // Its directory was moved to the trash bin, or its record cannot be used any more.
  return before === undefined || before.job === '' ? noJobRow : { ...before, hasEnded: true };
}

async function show(
  path: string,
  summary: Summary,
  rows: readonly SummaryRow[],
  name: string,
  { forge, log, settings }: Needed,
): Promise<void> {
  const { repository, pullRequest } = summary;
  const body = renderSummary(settings.appName, summary, rows, name);
  let now = summary;
  const keep = async (change: Partial<Summary>) => {
    now = { ...now, ...change };
    await writeSummary(path, now);
  };
  const toSay = {
    repository,
    pullRequest,
    body,
    isIt: ({ body }: Comment) => isSummary(body, settings.appName, name),
  };
  const isNew = summary.said === undefined;
  const said = await sayOnce(toSay, summary.said, forge, (each) =>
    keep({ said: each, ...(isNew && each.kind === 'posted' && { rows }) }),
  );
  if (said.kind !== 'posted' || isNew) return;
  if ((await forge.updateComment(summary, said.id, body)) === 'gone') {
    log.warn({ summary: name }, 'a summary was deleted or may not be edited any more: gave it up');
    return await keep({ said: { kind: 'impossible' } });
  }
  await keep({ rows });
}

async function failed(
  name: string,
  subject: string,
  error: unknown,
  tools: Needed,
  memory: WatchMemory,
): Promise<void> {
  memory.failures.set(subject, error);
  memory.tell(tools.log, subject, wordsOf(error), 'a summary could not be sent this time', error);
  if (memory.sending.failed(name, error, tools.monotonic()) !== 'set aside') return;
  const read = await readSummary(tools.settings.stateDir, name);
  if (read === undefined || 'why' in read) return;
  tools.log.warn({ summary: name }, 'gave a summary up: its retries failed');
  await writeSummary(read.path, { ...read.summary, said: { kind: 'impossible' } });
}
