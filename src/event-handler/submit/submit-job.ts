import { realpath } from 'node:fs/promises';
import { isJobId } from '../../jobs/directories.ts';
import { type JobRecord, writeJobRecord } from '../../jobs/job-record.ts';
import { Unavailable } from '../../jobs/judge-error.ts';
import { cutTo } from '../../messages/comment.ts';
import { listNames } from '../../outside/files/list-names.ts';
import type { JobId, Slurm, Submission } from '../../outside/slurm/slurm.ts';
import type { Tools } from '../tools.ts';
import type { Turn } from './in-order.ts';

/** The record of a job whose submission has come to an end, either way. */
export type SubmittedRecord = JobRecord & {
  readonly submission: Extract<JobRecord['submission'], { kind: 'submitted' | 'refused' }>;
};

/**
 * Submits a prepared job once. Its identity is its directory: where an earlier attempt may have come through, Slurm is asked for a job of
 * that directory, and the directory is searched for what a job left there, before sbatch runs again, once an sbatch that outlived its
 * daemon has ended. One that still runs on another machine slips through; its job stays held: nobody releases it. Its turn is over when
 * Slurm has taken or refused it, before that is recorded.
 */
export async function submitJob(
  directory: string,
  record: JobRecord,
  submitArguments: Pick<Submission, 'arguments' | 'chosenByPullRequest'>,
  turn: Pick<Turn, 'over'>,
  tools: Pick<Tools, 'settings' | 'slurm' | 'now' | 'monotonic' | 'log'>,
): Promise<SubmittedRecord> {
  const { submission } = record;
  if (submission.kind === 'submitted' || submission.kind === 'refused') return { ...record, submission };
  const forgetSearch = () => searches.get(tools.slurm)?.delete(directory);
  const keep = async (end: SubmittedRecord['submission']): Promise<SubmittedRecord> => {
    turn.over();
    const kept = { ...record, submission: end };
    await writeJobRecord(directory, kept);
    forgetSearch();
    return kept;
  };
  const at = tools.now().toISOString();
  const command = { directory, submit: tools.settings.build.submit, ...submitArguments };
  if (submission.kind === 'submitting') {
    if (await tools.slurm.isSubmissionUnderWay(command)) {
      throw new Unavailable(`an earlier submit command still waits for Slurm's answer, in ${directory}`);
    }
    const found = (await findInSlurm(directory, tools.slurm)) ?? (await findByTraces(directory));
    if (found !== undefined) return await keep({ kind: 'submitted', ...found, at });
    if (submission.unsure && searchedForMilliseconds(directory, tools) < takenLateMilliseconds) {
      throw new Unavailable(`${notKnown}: it is looked for once more, since a busy Slurm may take it late`);
    }
  }
  await writeJobRecord(directory, { ...record, submission: { kind: 'submitting', since: at } });
  forgetSearch(); // whether this one was taken is to be searched for as long again
  const answer = await tools.slurm.submit(command);
  const level = answer.kind === 'submitted' ? 'info' : 'warn';
  tools.log[level]({ directory, ...submitArguments, answer }, 'ran the submit command');
  switch (answer.kind) {
    case 'submitted':
      return await keep({ kind: 'submitted', id: answer.id, cluster: answer.cluster ?? '', at });
    case 'refused':
      return await keep(refusal(answer.message));
    case 'unavailable':
      await writeJobRecord(directory, { ...record, submission: { kind: 'prepared' } });
      throw new Unavailable(`Slurm takes no jobs at the moment: ${answer.message}`);
    case 'unsure':
      await writeJobRecord(directory, { ...record, submission: { kind: 'submitting', since: at, unsure: true } });
      throw new Unavailable(`${notKnown}: ${answer.message}`);
  }
}

/** More than anybody reads in an answer. */
const longestRefusal = 4_000;

/** As a record keeps it: what a program said is as long as it likes. */
export function refusal(message: string): Extract<SubmittedRecord['submission'], { kind: 'refused' }> {
  return { kind: 'refused', message: cutTo(message, longestRefusal) };
}

/** A controller that was too busy to answer sbatch takes the job some seconds after sbatch has given up, if it does. */
const takenLateMilliseconds = 30_000;
const notKnown = 'it is not known whether Slurm took a job';

/** Of each Slurm: directory -> when, by the monotonic clock, this process first looked for its job in vain. */
const searches = new WeakMap<object, Map<string, number>>();

/** For how long this process has looked for a job. Not by the time in the record: the clock may have been set since. */
function searchedForMilliseconds(directory: string, { slurm, monotonic }: Pick<Tools, 'slurm' | 'monotonic'>): number {
  const begun = searches.get(slurm) ?? new Map<string, number>();
  searches.set(slurm, begun);
  const since = begun.get(directory) ?? monotonic();
  begun.set(directory, since);
  return monotonic() - since;
}

interface FoundJob {
  readonly id: JobId;
  readonly cluster: string;
}

/** squeue may leave out what it should show. That it does not show the job is believed where scontrol does not show it either. */
async function findInSlurm(
  directory: string,
  slurm: Pick<Slurm, 'readQueue' | 'showJobsIn'>,
): Promise<FoundJob | undefined> {
  const places = [directory, await realpath(directory)];
  const queue = await slurm.readQueue();
  if (queue.kind === 'unreadable') throw new Unavailable(`${notKnown}, and the queue cannot be read: ${queue.why}`);
  const entry = queue.entries.find(({ workDir }) => places.includes(workDir));
  if (entry !== undefined) return { id: entry.id, cluster: entry.cluster };
  const showing = await slurm.showJobsIn(places);
  if (showing.kind === 'unreadable') throw new Unavailable(`${notKnown}, and cannot be found out: ${showing.why}`);
  const [id] = showing.kind === 'jobs' ? showing.jobs : [];
  return id && { id, cluster: '' };
}

/** With delayed_begin a job may have come and gone, and been forgotten, while no daemon ran: its files are there, and were not before. */
async function findByTraces(directory: string): Promise<FoundJob | undefined> {
  for (const name of await listNames(directory)) {
    const id = /^(?:slurm-|_bot_job)(\d+)\./.exec(name)?.[1];
    if (id !== undefined && isJobId(id)) return { id, cluster: '' };
  }
  return undefined;
}
