import type { ProgramCall } from '../processes/program-call.ts';
import type { ProgramResult } from '../processes/run-program.ts';
import { type AccountReading, addAccount, isToAskAccounting } from './add-account.ts';
import { isAboutClusters } from './is-about-clusters.ts';
import { hasEnded, jobState } from './job-state.ts';
import { parseQueue, queueFormat } from './parse-queue.ts';
import { parseSacct, sacctFormat } from './parse-sacct.ts';
import type { PrintedReading } from './printed-reading.ts';
import { type CommandOptions, isMissing, readListing, runBesideSqueue, runCommand } from './read-listing.ts';
import { readShownJob } from './read-shown-job.ts';
import { newBorder } from './records.ts';
import { scontrolCommand } from './scontrol-command.ts';
import { type AskedJob, isWorkDirOf, type JobAddress, type JobId, type JobReading } from './slurm.ts';

export interface AskOptions extends CommandOptions {
  readonly poll: ProgramCall;
  /** Its words may hold `%(jobid)s` and other placeholders. */
  readonly scontrol: ProgramCall;
}

type Readings = ReadonlyMap<JobId, PrintedReading>;

/** The state of these jobs: one request to the controller for all, and one to accounting. */
export async function askForJobs(
  options: AskOptions,
  all: readonly AskedJob[],
): Promise<ReadonlyMap<JobId, JobReading>> {
  const answers = [...(await askForPrinted(options, all))].map(
    ([id, answer]) => [id, answer.kind === 'job' ? { ...answer, is: jobState(answer) } : answer] as const,
  );
  return new Map<JobId, JobReading>(answers);
}

async function askForPrinted(options: AskOptions, jobs: readonly AskedJob[]): Promise<Readings> {
  const known: [JobId, PrintedReading][] = jobs
    .filter(hasEnded)
    .map(({ id, state, reason, exitCode }) => [id, { kind: 'job', state, reason, ...(exitCode && { exitCode }) }]);
  const asked = jobs.filter((job) => !hasEnded(job));
  const readings = new Map([...known, ...(await askController(options, asked))]);
  const unclear = jobs.filter(({ id }) => isToAskAccounting(readings.get(id)));
  for (const [id, account] of await askAccounting(options, unclear)) {
    const reading = readings.get(id);
    if (reading !== undefined) readings.set(id, addAccount(reading, account));
  }
  return readings;
}

/**
 * scontrol shows one job at a time; several jobs are one squeue, which omits those that the controller does not know. One omitted job is
 * asked for by scontrol, to notice a squeue that omits too much.
 */
async function askController(options: AskOptions, jobs: readonly AskedJob[]): Promise<Readings> {
  const [first] = jobs;
  if (first === undefined) return new Map();
  const askOne = async (job: AskedJob) => ofThatJob(await askScontrol(options, job), job);
  if (jobs.length === 1) return new Map([[first.id, await askOne(first)]]);
  const readings = await askSqueue(options, jobs);
  const [left, ...others] = jobs.filter(({ id }) => readings.get(id)?.kind === 'unknown');
  if (left === undefined) return readings;
  const check = await askOne(left);
  if (check.kind === 'unknown') return readings;
  const why = check.kind === 'unreadable' ? check.why : `squeue leaves out job ${left.id}, which scontrol shows`;
  const unreadable = others.map(({ id }) => [id, { kind: 'unreadable', why }] as const);
  return new Map([...readings, ...unreadable, [left.id, check]]);
}

async function askSqueue(options: AskOptions, jobs: readonly AskedJob[]): Promise<Readings> {
  const border = newBorder();
  const ids = jobs.map(({ id }) => id).join(',');
  const words = ['--noheader', `--jobs=${ids}`, '--states=all', '--Format', queueFormat(border)];
  const said = readListing('squeue', await runCommand(options, options.poll, words));
  const queue = said.kind === 'unreadable' ? said : parseQueue(said.text, border);
  if (queue.kind === 'unreadable') return new Map(jobs.map(({ id }) => [id, queue]));
  return new Map(
    jobs.map((job) => {
      const unread = queue.unread.find(({ id }) => id === job.id);
      if (unread !== undefined) return [job.id, { kind: 'unreadable', why: unread.why }];
      const entries = queue.entries
        .filter(({ id }) => id === job.id)
        .map((each) => ({ kind: 'job', ...each }) as const);
      const readings = entries.map((each) => ofThatJob(each, job)).filter(({ kind }) => kind === 'job');
      return [job.id, readings.at(-1) ?? { kind: 'unknown' }];
    }),
  );
}

/** Slurm may reuse the id of a forgotten job. */
function ofThatJob(reading: PrintedReading, { directory }: AskedJob): PrintedReading {
  const isAnother = reading.kind === 'job' && reading.workDir && !isWorkDirOf(directory, reading.workDir);
  return isAnother ? { kind: 'unknown' } : reading;
}

/** scontrol's answer for one job. */
export async function askScontrol(options: AskOptions, job: JobAddress): Promise<PrintedReading> {
  const command = scontrolCommand(options.scontrol, job);
  const result = await runCommand(options, command, ['--oneliner', 'show', 'jobid', job.id]);
  return readShownJob(result, job.id);
}

async function askAccounting(
  options: AskOptions,
  jobs: readonly AskedJob[],
): Promise<ReadonlyMap<JobId, AccountReading>> {
  if (jobs.length === 0) return new Map();
  const border = newBorder();
  const said = await runSacct(options, jobs, border);
  const readings = new Map<JobId, AccountReading>();
  for (const job of jobs) {
    const reading = said.kind === 'text' ? parseSacct(said.text, border, job.id, job.directory) : said;
    readings.set(job.id, await withName(options, reading));
  }
  return readings;
}

/** Runs sacct for these jobs. `rows`: options that choose among a job's rows. */
export async function runSacct(
  options: AskOptions,
  jobs: readonly AskedJob[],
  border: string,
  format = sacctFormat,
  rows: readonly string[] = ['--allocations', '--duplicates'],
) {
  const clusters = new Set(jobs.map(({ cluster }) => cluster).filter((cluster) => cluster !== ''));
  const areSeveral = options.poll.arguments.some(isAboutClusters) && clusters.size > 0;
  const words = ['--noheader', '--parsable', `--delimiter=${border}`, ...rows];
  words.push('--starttime=now-30days', `--jobs=${jobs.map(({ id }) => id).join(',')}`, `--format=${format}`);
  if (areSeveral) words.push(`--clusters=${[...clusters].join(',')}`);
  const result = await runBesideSqueue(options, 'sacct', words);
  return isMissing(result) ? ({ kind: 'none' } as const) : readAccounting(result);
}

/** sacct's answer; `none`: there is no accounting. */
export function readAccounting(result: ProgramResult) {
  if (result.kind === 'exited' && result.stderr.includes('accounting storage is disabled'))
    return { kind: 'none' } as const;
  return readListing('sacct', result);
}

/** Accounting gives the number of the account that cancelled a job. */
async function withName(options: CommandOptions, reading: AccountReading): Promise<AccountReading> {
  if (reading.kind !== 'job' || !/^\d+$/.test(reading.cancelledBy ?? '')) return reading;
  const { cancelledBy: uid = '' } = reading;
  const command = { environment: {}, program: 'id', arguments: ['-un', uid] };
  const result = await runCommand(options, command, []);
  const name = result.kind === 'exited' && result.code === 0 ? result.stdout.trim() : '';
  return { ...reading, cancelledBy: name || `user id ${uid}` };
}
