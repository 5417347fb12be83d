import { hostname } from 'node:os';
import { formatJob } from './format-job.ts';
import { isEnded, type Job } from './job.ts';
import { allJobs, clusterDirectory, knownJobs, locked, writeJob } from './job-store.ts';
import { type OptionTable, parseOptions, UsageError } from './options.ts';
import { startRunner } from './start-runner.ts';

const options: OptionTable = {
  oneliner: { short: 'o', value: 'none' },
  all: { short: 'a', value: 'none' },
  quiet: { short: 'Q', value: 'none' },
  cluster: { short: 'M', value: 'required' },
  clusters: { value: 'required' },
};

function main() {
  const { values, rest } = parseOptions(process.argv.slice(2), options);
  const [keyword = '', ...words] = rest;
  switch (keyword) {
    case 'release':
    case 'hold':
      if (words.length === 0) return fail(`too few arguments for keyword:${keyword}`);
      for (const id of words.flatMap((word) => word.split(','))) setHeld(id, keyword === 'hold');
      return;
    case 'show':
      return show(words, values.has('oneliner'));
    case 'ping':
      return console.log(`Slurmctld(primary) at ${hostname()} is UP`);
    default:
      return fail(`invalid keyword: ${keyword}`);
  }
}

function show([entity = '', id]: readonly string[], oneLine: boolean) {
  if (!/^job(s|id)?$/.test(entity)) return fail(`invalid entity:${entity} for keyword:show `);
  const now = Date.now();
  if (id !== undefined && !/^\d+$/.test(id)) return fail('scontrol_print_job error: Invalid job id specified');
  const jobs = knownJobs(clusterDirectory(), now).filter((job) => id === undefined || job.id === id);
  if (jobs.length === 0)
    return id === undefined
      ? console.log('No jobs in the system')
      : fail('slurm_load_jobs error: Invalid job id specified');
  for (const job of jobs) console.log(formatJob(job, oneLine, now));
}

function setHeld(id: string, held: boolean) {
  const directory = clusterDirectory();
  const now = Date.now();
  const problem = locked(directory, () => {
    const job = allJobs(directory).find((candidate) => candidate.id === id);
    if (job === undefined || !knownJobs(directory, now).some((known) => known.id === id))
      return 'Invalid job id specified';
    if (isEnded(job)) return 'Job has already finished';
    if (job.state === 'PENDING' && job.held !== held) change(directory, job, held, now);
    return undefined;
  });
  if (problem !== undefined) fail(`${problem} for job ${id}\nslurm_suspend error: ${problem}`);
}

function change(directory: string, job: Job, held: boolean, now: number) {
  const { eligible: _, ...rest } = job;
  const changed = held ? { ...rest, held } : { ...rest, held, eligible: Math.max(now, job.begin ?? 0) };
  if (held || job.runner !== undefined) writeJob(directory, changed);
  else startRunner(directory, changed);
}

function fail(message: string) {
  console.error(message);
  process.exitCode = 1;
}

try {
  main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  fail(`scontrol: ${error.message}\nTry "scontrol --help" for more information`);
}
