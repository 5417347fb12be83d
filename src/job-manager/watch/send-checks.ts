import { checkIdentity } from '../../jobs/check-identity.ts';
import type { CheckMark, JobRecord } from '../../jobs/job-record.ts';
import { jobFields } from '../../jobs/log-fields.ts';
import { jobCheck } from '../../messages/check.ts';
import { NotPermitted } from '../../outside/forge/forge.ts';
import { wordsOf } from '../../words-of.ts';
import type { Followed } from '../records/followed.ts';
import type { Tools } from '../tools.ts';
import { type CheckPlan, type CheckWay, planCheck } from './plan-checks.ts';
import { checkSubject, type WatchMemory } from './watch-memory.ts';

/** Once an hour, and after a start, one request tries whether the App lacks the permission still. */
const withoutPermissionMilliseconds = 60 * 60 * 1000;

/**
 * Updates what is shown for jobs beside their commits, with one request for each that has changed. A failure does not hold up the others.
 * Gives back the new records.
 */
export async function sendChecks(
  followed: readonly Followed[],
  tools: Tools,
  memory: WatchMemory,
): Promise<Followed[]> {
  const { checkRuns, commitStatus } = tools.settings.control;
  if (!checkRuns && !commitStatus) return [...followed];
  const sent: Followed[] = [];
  for (const each of followed) {
    const waits = memory.sending.allWait || memory.sending.rests(checkSubject(each.job.id), tools.monotonic());
    const giveUp = (error: unknown) => notThisTime(each, error, tools.log, memory); // its record cannot be written
    sent.push(waits ? each : await bringUpToDate(each, tools, memory).catch(giveUp));
  }
  return sent;
}

/** What still has to be shown for a job beside its commit. */
export function planCheckNow(
  record: JobRecord,
  { settings, monotonic }: Pick<Tools, 'settings' | 'monotonic'>,
  { notPermittedUntil }: WatchMemory,
): CheckPlan {
  const mayTry = (way: CheckWay) => monotonic() >= (notPermittedUntil.get(way) ?? Number.NEGATIVE_INFINITY);
  return planCheck(record, settings.control, mayTry);
}

async function bringUpToDate(each: Followed, tools: Tools, memory: WatchMemory): Promise<Followed> {
  const { job } = each;
  const subject = checkSubject(job.id);
  const plan = planCheckNow(each.record, tools, memory);
  if (plan.kind === 'leave it') return each;
  const mark = (now: CheckMark) => tools.jobs.change(job, tools.forge, (record) => ({ ...record, check: now }));
  try {
    const record = await mark(await show(plan, each, tools));
    memory.sending.succeeded(subject, tools.monotonic());
    memory.told.delete(subject);
    tools.log.info({ ...jobFields(job, record), as: plan.kind, shows: plan.shows }, 'showed a job beside its commit');
    return { job, record };
  } catch (error) {
    if (error instanceof NotPermitted) {
      memory.notPermittedUntil.set(plan.kind, tools.monotonic() + withoutPermissionMilliseconds);
      return await bringUpToDate(each, tools, memory); // by the other way, if there is one
    }
    notThisTime(each, error, tools.log, memory);
    if (memory.sending.failed(subject, error, tools.monotonic()) !== 'set aside') return each;
    tools.log.warn(jobFields(job, each.record), 'gave the check of a job up: its retries failed');
    return { job, record: await mark({ kind: 'impossible' }) };
  }
}

function notThisTime(each: Followed, error: unknown, log: Tools['log'], memory: WatchMemory): Followed {
  const sentence = 'a job could not be shown beside its commit this time';
  memory.failures.set(each.job.id, error);
  memory.tell(log, checkSubject(each.job.id), wordsOf(error), sentence, error);
  return each;
}

/** Carries a plan out. Gives back what is shown now. */
async function show(
  plan: Exclude<CheckPlan, { readonly kind: 'leave it' }>,
  { job, record }: Followed,
  { forge, settings }: Pick<Tools, 'forge' | 'settings'>,
): Promise<CheckMark> {
  const { repository, pullRequest } = record;
  const { shows } = plan;
  const check = jobCheck(record, shows, checkIdentity(pullRequest, job.directory), settings.appName);
  const impossible = { kind: 'impossible' } as const;
  if (plan.kind === 'commit status')
    return (await forge.setCommitStatus(repository, check)) === 'gone' ? impossible : { kind: plan.kind, shows };
  const there = plan.id === undefined ? await forge.findCheck(repository, check) : undefined;
  if (there === 'gone') return impossible;
  const id = plan.id ?? there?.id;
  const made = id === undefined ? await forge.createCheck(repository, check) : { id };
  if (made === 'gone') return impossible;
  const answer = id === undefined ? 'done' : await forge.updateCheck(repository, id, check);
  return answer === 'gone' ? impossible : { kind: plan.kind, id: made.id, shows };
}
