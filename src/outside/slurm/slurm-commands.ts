import type { ProgramCall } from '../processes/program-call.ts';
import { type AskOptions, askForJobs, askScontrol } from './ask-for-jobs.ts';
import { cancelWords, readCancel } from './cancel-job.ts';
import { isSubmissionUnderWay } from './is-submission-under-way.ts';
import { jobState } from './job-state.ts';
import { type ParsedEntry, parseQueue, queueFormat } from './parse-queue.ts';
import { parseSbatch } from './parse-sbatch.ts';
import { isJobOf, parseScontrolJobs } from './parse-scontrol-job.ts';
import { readEndFacts } from './read-end-facts.ts';
import { readListing, runBesideSqueue, runCommand } from './read-listing.ts';
import { readShownJob } from './read-shown-job.ts';
import { newBorder } from './records.ts';
import { releaseJobs } from './release-jobs.ts';
import { scontrolCommandForAll } from './scontrol-command.ts';
import type {
  CancelAnswer,
  JobAddress,
  JobId,
  QueueEntry,
  QueueReading,
  Showing,
  Slurm,
  Submission,
  SubmissionAnswer,
  UnreadEntry,
} from './slurm.ts';

export interface SlurmOptions extends AskOptions {
  /** Absent: the scancel beside squeue. */
  readonly cancel?: ProgramCall;
  /** Whose queue is read. */
  readonly user: string;
  /** Empty: all jobs of the user. */
  readonly jobName: string;
  /** The environment of sbatch, and of the job. */
  readonly jobEnvironment: Readonly<Record<string, string>>;
}

/** sbatch itself retries for up to two minutes while slurmctld is busy. */
const submitTimeoutMilliseconds = 150_000;

/** Each is asked for. Usually there is one or none; two if Slurm was late. */
const mostCandidates = 50;

/** Slurm by its own commands. Stateless: make another one when the settings change. */
export function slurmCommands(options: SlurmOptions): Slurm {
  return {
    readQueue: () => readQueue(options),
    showJobsIn: (directories) => showJobsIn(options, directories),
    submit: (submission) => submit(options, submission),
    isSubmissionUnderWay,
    release: (jobs) => releaseJobs(options, jobs),
    cancel: (job) => cancel(options, job),
    askFor: (jobs) => askForJobs(options, jobs),
    readEndFacts: (job, how) => readEndFacts(options, job, how),
  };
}

async function readQueue(options: SlurmOptions): Promise<QueueReading> {
  const name = options.jobName === '' ? [] : [`--name=${options.jobName}`];
  const border = newBorder();
  const words = ['--long', '--noheader', `--user=${options.user}`, ...name, '--states=all'];
  words.push('--Format', queueFormat(border));
  const said = readListing('squeue', await runCommand(options, options.poll, words));
  if (said.kind === 'unreadable') return said;
  const parsed = parseQueue(said.text, border);
  if (parsed.kind === 'unreadable') return parsed;
  const entries: QueueEntry[] = [];
  const unread = [...parsed.unread];
  for (const entry of parsed.entries) {
    const workDir = entry.workDir ?? (await askForWorkDir(options, entry));
    if (typeof workDir === 'object') unread.push(workDir);
    else if (workDir !== undefined) entries.push({ ...entry, workDir, is: jobState(entry) });
  }
  return { kind: 'queue', entries, ...(unread.length > 0 && { unread }) };
}

/** Undefined: the job has left Slurm since, as if the queue had been read a moment later. */
async function askForWorkDir(options: SlurmOptions, entry: ParsedEntry): Promise<string | UnreadEntry | undefined> {
  const reading = await askScontrol(options, entry);
  if (reading.kind === 'unknown') return undefined;
  const { id } = entry;
  if (reading.kind === 'unreadable') return { id, why: reading.why };
  return reading.workDir ?? { id, why: 'neither squeue nor scontrol gives its whole working directory' };
}

async function showJobsIn(options: SlurmOptions, directories: readonly string[]): Promise<Showing> {
  const command = scontrolCommandForAll(options.scontrol);
  if (command === undefined) return { kind: 'not asked' };
  const said = readListing('scontrol', await runCommand(options, command, ['--oneliner', 'show', 'jobs']));
  if (said.kind === 'unreadable') return said;
  const isListing = /^(JobId=\d+ |No jobs in the system)/.test(said.text);
  if (!isListing) return { kind: 'unreadable', why: 'scontrol printed neither jobs nor that there are none' };
  const isThere = ({ workDir }: { readonly workDir?: string }) =>
    workDir !== undefined && directories.includes(workDir);
  const candidates = new Set(
    parseScontrolJobs(said.text, options.user)
      .filter(isThere)
      .map(({ id }) => id),
  );
  if (candidates.size > mostCandidates) {
    const why = `scontrol shows ${candidates.size} jobs of one job's directory: look in \`scontrol show jobs\` for a job whose name or comment imitates others, and have it cancelled`;
    return { kind: 'unreadable', why };
  }
  const jobs: JobId[] = [];
  for (const id of candidates) {
    const result = await runCommand(options, command, ['--oneliner', 'show', 'jobid', id]);
    const reading = readShownJob(result, id);
    if (reading.kind === 'unknown') continue;
    const record = readListing('scontrol', result);
    if (record.kind === 'unreadable') return record;
    if (reading.kind === 'job' && isThere(reading) && isJobOf(options.user, record.text, id)) jobs.push(id);
  }
  return { kind: 'jobs', jobs };
}

async function submit(options: SlurmOptions, submission: Submission): Promise<SubmissionAnswer> {
  return parseSbatch(
    await runCommand(options, submission.submit, submission.arguments, {
      cwd: submission.directory,
      environment: options.jobEnvironment,
      timeoutMilliseconds: submitTimeoutMilliseconds,
    }),
  );
}

async function cancel(options: SlurmOptions, job: Pick<JobAddress, 'id' | 'cluster'>): Promise<CancelAnswer> {
  const words = cancelWords(options, job);
  return readCancel(
    await (options.cancel ? runCommand(options, options.cancel, words) : runBesideSqueue(options, 'scancel', words)),
  );
}
