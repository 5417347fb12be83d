import { realpath } from 'node:fs/promises';
import { isJobId } from '../../jobs/directories.ts';
import { type JobRecord, writeJobRecord } from '../../jobs/job-record.ts';
import { Unavailable } from '../../jobs/judge-error.ts';
import { cutTo } from '../../messages/comment.ts';
import { listNames } from '../../outside/files/list-names.ts';
import type { JobId, Slurm, Submission } from '../../outside/slurm/slurm.ts';
import type { Tools } from '../tools.ts';

export type EndedSubmission = Extract<JobRecord['submission'], { kind: 'submitted' | 'refused' }>;
/** The record of a job that was neither submitted nor refused, as far as is known. */
export type OpenRecord = JobRecord & { readonly submission: Exclude<JobRecord['submission'], EndedSubmission> };

/**
 * Submits a prepared job once; the caller records the result. Its identity is its directory. If an earlier attempt may have succeeded, waits
 * until its sbatch has ended, then asks Slurm for a job in that directory and looks there for files of a job; only then sbatch runs again. An
 * sbatch that still runs on another machine is not seen; its job stays held, as nobody releases it.
 */
export async function submitJob(
  directory: string,
  record: OpenRecord,
  submitArguments: Pick<Submission, 'arguments' | 'chosenByPullRequest'>,
  tools: Pick<Tools, 'settings' | 'slurm' | 'now' | 'monotonic' | 'log'>,
): Promise<EndedSubmission> {
  const { submission } = record;
  const forgetSearch = () => searches.get(tools.slurm)?.delete(directory);
  const at = tools.now().toISOString();
  const command = { directory, submit: tools.settings.build.submit, ...submitArguments };
  if (submission.kind === 'submitting') {
    if (await tools.slurm.isSubmissionUnderWay(command)) {
      throw new Unavailable(`an earlier submit command still waits for Slurm's answer, in ${directory}`);
    }
    const found = (await findInSlurm(directory, tools.slurm)) ?? (await findByTraces(directory));
    if (found !== undefined) {
      forgetSearch();
      return { kind: 'submitted', ...found, at };
    }
    if (submission.unsure && searchedForMilliseconds(directory, tools) < takenLateMilliseconds) {
      throw new Unavailable(`${notKnown}: it is searched for again, as a busy Slurm may take it late`);
    }
  }
  await writeJobRecord(directory, { ...record, submission: { kind: 'submitting', since: at } });
  forgetSearch(); // a search for this submission starts anew
  const answer = await tools.slurm.submit(command);
  const level = answer.kind === 'submitted' ? 'info' : 'warn';
  tools.log[level]({ directory, ...submitArguments, answer }, 'ran the submit command');
  switch (answer.kind) {
    case 'submitted':
      return { kind: 'submitted', id: answer.id, cluster: answer.cluster ?? '', at };
    case 'refused':
      return refusal(answer.message);
    case 'unavailable':
      await writeJobRecord(directory, { ...record, submission: { kind: 'prepared' } });
      throw new Unavailable(`Slurm takes no jobs at the moment: ${answer.message}`);
    case 'unsure':
      await writeJobRecord(directory, { ...record, submission: { kind: 'submitting', since: at, unsure: true } });
      throw new Unavailable(`${notKnown}: ${answer.message}`);
  }
}

/** Longer than anybody reads. */
const longestRefusal = 4_000;

/** A refusal as kept in the record, with the program's message cut. */
export function refusal(message: string): EndedSubmission {
  return { kind: 'refused', message: cutTo(message, longestRefusal) };
}

/** A busy controller may take a job some seconds after sbatch has given up. */
const takenLateMilliseconds = 30_000;
const notKnown = 'it is not known whether Slurm took a job';

/** For each Slurm: directory -> when this process first searched for its job in vain, by the monotonic clock. */
const searches = new WeakMap<object, Map<string, number>>();

/** How long this process has searched for a job. Not by the time in the record: the clock may have been set since. */
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

/** squeue may miss a job. So scontrol is asked, too. */
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

/** With delayed_begin a job may have ended, and Slurm forgotten it, while no daemon ran. Its files show it: preparing removed such names. */
async function findByTraces(directory: string): Promise<FoundJob | undefined> {
  for (const name of await listNames(directory)) {
    const id = /^(?:slurm-|_bot_job)(\d+)\./.exec(name)?.[1];
    if (id !== undefined && isJobId(id)) return { id, cluster: '' };
  }
  return undefined;
}
