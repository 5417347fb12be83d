import { runProgram } from '../processes/run-program.ts';
import { type AskOptions, askForJobs, askScontrol } from './ask-for-jobs.ts';
import { isSubmissionUnderWay } from './is-submission-under-way.ts';
import { type ParsedEntry, parseQueue, queueFormat } from './parse-queue.ts';
import { parseSbatch } from './parse-sbatch.ts';
import { parseScontrolJobs } from './parse-scontrol-job.ts';
import { readListing, runCommand } from './read-listing.ts';
import { readRelease } from './read-release.ts';
import { scontrolCommand, scontrolCommandForAll } from './scontrol-command.ts';
import type {
  JobAddress,
  QueueEntry,
  QueueReading,
  ReleaseAnswer,
  Showing,
  Slurm,
  Submission,
  SubmissionAnswer,
} from './slurm.ts';

export interface SlurmOptions extends AskOptions {
  /** Whose queue is read. */
  readonly user: string;
  /** Empty: all jobs of the user. */
  readonly jobName: string;
  /** What sbatch sees, and hands on to the job. */
  readonly jobEnvironment: Readonly<Record<string, string>>;
}

/** sbatch itself repeats for up to two minutes while slurmctld is too busy to take the job. */
const submitTimeoutMilliseconds = 150_000;

/** Slurm by its own commands. Keeps nothing: make another one when the settings have changed. */
export function slurmCommands(options: SlurmOptions): Slurm {
  return {
    readQueue: () => readQueue(options),
    showAllJobs: () => showAllJobs(options),
    submit: (submission) => submit(options, submission),
    isSubmissionUnderWay,
    release: (job) => release(options, job),
    askFor: (jobs) => askForJobs(options, jobs),
  };
}

async function readQueue(options: SlurmOptions): Promise<QueueReading> {
  const name = options.jobName === '' ? [] : [`--name=${options.jobName}`];
  const words = ['--long', '--noheader', `--user=${options.user}`, ...name, '--states=all', '--Format', queueFormat];
  const said = readListing('squeue', await runCommand(options, options.poll, words));
  if (said.kind === 'unreadable') return said;
  const parsed = parseQueue(said.text);
  if (parsed.kind === 'unreadable') return parsed;
  const entries: QueueEntry[] = [];
  for (const entry of parsed.entries) {
    const workDir = entry.workDir ?? (await askForWorkDir(options, entry));
    if (typeof workDir === 'object') return workDir;
    if (workDir !== undefined) entries.push({ ...entry, workDir });
  }
  return { kind: 'queue', entries };
}

/** Undefined: the job has left Slurm since, as if the queue had been read a moment later. */
async function askForWorkDir(options: SlurmOptions, entry: ParsedEntry) {
  const reading = await askScontrol(options, entry);
  if (reading.kind === 'unknown') return undefined;
  if (reading.kind === 'unreadable') return reading;
  const why = `neither squeue nor scontrol gives the whole working directory of job ${entry.id}`;
  return reading.workDir ?? ({ kind: 'unreadable', why } as const);
}

async function showAllJobs(options: SlurmOptions): Promise<Showing> {
  const command = scontrolCommandForAll(options.scontrol);
  if (command === undefined) return { kind: 'not asked' };
  const said = readListing('scontrol', await runCommand(options, command, ['--oneliner', 'show', 'jobs']));
  if (said.kind === 'unreadable') return said;
  const isListing = /^(JobId=\d+ |No jobs in the system)/.test(said.text);
  if (isListing) return { kind: 'jobs', jobs: parseScontrolJobs(said.text, options.user) };
  return { kind: 'unreadable', why: 'scontrol printed neither jobs nor that there are none' };
}

async function submit(options: SlurmOptions, submission: Submission): Promise<SubmissionAnswer> {
  const command = { ...submission.submit, arguments: [...submission.submit.arguments, ...submission.arguments] };
  return parseSbatch(
    await runProgram(command, {
      cwd: submission.directory,
      environment: options.jobEnvironment,
      timeoutMilliseconds: submitTimeoutMilliseconds,
    }),
  );
}

async function release(options: SlurmOptions, job: JobAddress): Promise<ReleaseAnswer> {
  const result = await runCommand(options, scontrolCommand(options.scontrol, job), ['release', job.id]);
  return readRelease(result);
}
