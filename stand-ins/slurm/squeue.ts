import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import {
  defaultFormat,
  inQueueOrder,
  longFormat,
  parseLongFormat,
  parsePercentFormat,
  queueLine,
} from './format-queue.ts';
import { isEnded, type Job } from './job.ts';
import { clusterDirectory, knownJobs } from './job-store.ts';
import type { OptionTable, ParsedOptions } from './options.ts';
import { Refused } from './refused.ts';
import { runCommand } from './run-command.ts';

const options: OptionTable = {
  long: { short: 'l', value: 'none' },
  noheader: { short: 'h', value: 'none' },
  me: { value: 'none' },
  user: { short: 'u', value: 'required' },
  name: { short: 'n', value: 'required' },
  states: { short: 't', value: 'required' },
  jobs: { short: 'j', value: 'required' },
  Format: { short: 'O', value: 'required' },
  format: { short: 'o', value: 'required' },
  clusters: { short: 'M', value: 'required' },
};

function main({ values }: ParsedOptions) {
  const now = Date.now();
  const user = values.get('user');
  if (user !== undefined && !isKnownUser(user)) {
    // With exit status 0, and nothing else is wrong.
    console.error(`squeue: error: Invalid user: ${user}\n`);
  }
  const all = knownJobs(clusterDirectory(), now);
  const ids = values
    .get('jobs')
    ?.split(',')
    .filter((id) => id !== '');
  if (ids?.length === 1 && !all.some(({ id }) => id === ids[0]))
    throw new Refused('slurm_load_jobs error: Invalid job id specified');
  const { columns, unknown } = chosenColumns(values);
  for (const name of unknown) console.error(`squeue: error: Invalid job format specification: ${name}`);
  if (!values.has('noheader')) {
    if (values.has('long') && !values.has('Format') && !values.has('format')) console.log(timeHeading(now));
    console.log(queueLine(columns, now));
  }
  for (const job of inQueueOrder(all.filter((candidate) => isWanted(candidate, values, ids))))
    console.log(queueLine(columns, now, job));
}

function chosenColumns(values: ReadonlyMap<string, string>) {
  const long = values.get('Format');
  if (long !== undefined) return parseLongFormat(long);
  const format = values.get('format') ?? (values.has('long') ? longFormat : defaultFormat);
  return { columns: parsePercentFormat(format), unknown: [] };
}

function isWanted(job: Job, values: ReadonlyMap<string, string>, ids: readonly string[] | undefined): boolean {
  const states = values.get('states')?.toUpperCase().split(',');
  const inState = states === undefined ? !isEnded(job) : states.includes('ALL') || states.includes(job.state);
  const user = values.get('user') ?? userInfo().username;
  const names = values.get('name')?.split(',');
  return (
    inState &&
    user.split(',').includes(userInfo().username) &&
    (names === undefined || names.includes(job.name)) &&
    (ids === undefined || ids.length === 0 || ids.includes(job.id))
  );
}

function isKnownUser(user: string): boolean {
  const known = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':')[0]);
  return user.split(',').every((name) => name === userInfo().username || known.includes(name));
}

/** `Tue Nov 24 11:59:51 2026` */
function timeHeading(now: number): string {
  const [day, month, date, year, time] = new Date(now).toString().split(' ');
  return `${day} ${month} ${date} ${time} ${year}`;
}

runCommand({ program: 'squeue', options }, main);
