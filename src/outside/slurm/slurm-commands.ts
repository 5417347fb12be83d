import { dirname, join } from 'node:path';
import type { Command } from '../processes/command.ts';
import { type ProgramResult, runProgram } from '../processes/run-program.ts';
import { isSubmissionUnderWay } from './is-submission-under-way.ts';
import { type ParsedEntry, parseQueue, queueFormat } from './parse-queue.ts';
import { parseSacct, sacctFormat } from './parse-sacct.ts';
import { parseSbatch } from './parse-sbatch.ts';
import { parseScontrolJob } from './parse-scontrol-job.ts';
import { scontrolCommand } from './scontrol-command.ts';
import type { JobAddress, JobReading, QueueEntry, QueueReading, Slurm, Submission, SubmissionAnswer } from './slurm.ts';

interface SlurmOptions {
  readonly poll: Command;
  /** Its words may hold `%(jobid)s` and the like. */
  readonly scontrol: Command;
  /** Whose queue is read. */
  readonly user: string;
  /** Empty: all jobs of the user. */
  readonly jobName: string;
  /** Without secrets: sbatch hands it on to the job. */
  readonly environment: Readonly<Record<string, string>>;
  /** How long squeue, scontrol and sacct may take. */
  readonly timeoutMilliseconds?: number;
}

const defaultTimeoutMilliseconds = 30_000;
/** sbatch itself repeats for up to two minutes while slurmctld is too busy to take the job. */
const submitTimeoutMilliseconds = 150_000;

/** Slurm by its own commands. Keeps nothing: make another one when the settings have changed. */
export function slurmCommands(options: SlurmOptions): Slurm {
  return {
    readQueue: () => readQueue(options),
    submit: (submission) => submit(options, submission),
    isSubmissionUnderWay,
    release: (job) => release(options, job),
    askFor: (job) => askFor(options, job),
  };
}

async function readQueue(options: SlurmOptions): Promise<QueueReading> {
  const name = options.jobName === '' ? [] : [`--name=${options.jobName}`];
  const words = ['--long', '--noheader', `--user=${options.user}`, ...name, '--states=all', '--Format', queueFormat];
  const said = listing('squeue', await run(options, options.poll, words));
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

async function submit(options: SlurmOptions, submission: Submission): Promise<SubmissionAnswer> {
  const { environment } = options;
  const command = { ...submission.submit, arguments: [...submission.submit.arguments, ...submission.arguments] };
  return parseSbatch(
    await runProgram(command, {
      cwd: submission.directory,
      environment,
      timeoutMilliseconds: submitTimeoutMilliseconds,
    }),
  );
}

async function release(options: SlurmOptions, job: JobAddress): ReturnType<Slurm['release']> {
  const result = await run(options, scontrolCommand(options.scontrol, job), ['release', job.id]);
  // One that was not held exits 0. One that has ended (cancelled while it was held, say) is held no more either.
  if (result.kind === 'exited' && (result.code === 0 || result.stderr.includes('Job has already finished')))
    return { kind: 'released' };
  return { kind: 'failed', message: complaint('scontrol', result) };
}

/**
 * `unknown` is what scontrol and accounting both say. Where there is no accounting it is what scontrol alone says: the job may have
 * ended longer ago than MinJobAge, and nobody remembers how.
 */
async function askFor(options: SlurmOptions, job: JobAddress): Promise<JobReading> {
  const reading = await askScontrol(options, job);
  return reading.kind === 'unknown' ? askSacct(options, job) : reading;
}

async function askScontrol(options: SlurmOptions, job: JobAddress): Promise<JobReading> {
  const result = await run(options, scontrolCommand(options.scontrol, job), ['--oneliner', 'show', 'jobid', job.id]);
  if (result.kind === 'exited' && result.code !== 0 && result.stderr.includes('Invalid job id specified'))
    return { kind: 'unknown' };
  const said = listing('scontrol', result);
  return said.kind === 'unreadable' ? said : parseScontrolJob(said.text, job.id);
}

async function askSacct(options: SlurmOptions, job: JobAddress): Promise<JobReading> {
  const { environment, program, arguments: pollWords } = options.poll;
  const ofSeveral = pollWords.some((word) => /^(-M|--clusters?)/.test(word)) && job.cluster !== '';
  const words = ['--noheader', '--parsable2', '--allocations', '--starttime=now-30days', `--jobs=${job.id}`];
  words.push(`--format=${sacctFormat}`, ...(ofSeveral ? [`--clusters=${job.cluster}`] : []));
  // Where squeue lies is the same Slurm; a poll command that is a wrapper has no such neighbour.
  const places = program.includes('/') ? [join(dirname(program), 'sacct'), 'sacct'] : ['sacct'];
  for (const place of places) {
    const result = await run(options, { environment, program: place, arguments: [] }, words);
    if (result.kind === 'not-started' && result.code === 'ENOENT') continue;
    if (result.kind === 'exited' && result.stderr.includes('accounting storage is disabled')) break;
    const said = listing('sacct', result);
    return said.kind === 'unreadable' ? said : parseSacct(said.text, job.id);
  }
  return { kind: 'unknown' };
}

function run(options: SlurmOptions, command: Command, words: readonly string[]): Promise<ProgramResult> {
  const { environment, timeoutMilliseconds = defaultTimeoutMilliseconds } = options;
  return runProgram({ ...command, arguments: [...command.arguments, ...words] }, { environment, timeoutMilliseconds });
}

/** Nothing but an error on stderr is a failure even with exit status 0: so squeue answers when it does not know the user. */
function listing(who: string, result: ProgramResult) {
  if (result.kind === 'exited' && result.code === 0 && (result.stdout !== '' || !/^\S+ error: /m.test(result.stderr)))
    return { kind: 'text', text: result.stdout } as const;
  return { kind: 'unreadable', why: complaint(who, result) } as const;
}

function complaint(who: string, result: ProgramResult): string {
  switch (result.kind) {
    case 'not-started':
      return result.message;
    case 'exited':
      return `${who} failed (exit status ${result.code}): ${result.stderr.trim() || 'it said nothing'}`;
    case 'killed':
      return `${who} was killed by ${result.signal}`;
    case 'timed-out':
      return `${who} did not answer within ${result.milliseconds / 1000} s`;
    case 'too-much-output':
      return `${who} printed too much`;
  }
}
