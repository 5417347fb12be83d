import { hostname } from 'node:os';
import { formatJob } from './format-job.ts';
import { isEnded, type Job } from './job.ts';
import { allJobs, clusterDirectory, knownJobs, writeJob } from './job-store.ts';
import { locked } from './locked.ts';
import type { OptionTable, ParsedOptions } from './options.ts';
import { Refused } from './refused.ts';
import { runCommand } from './run-command.ts';
import { startRunner } from './start-runner.ts';

const options: OptionTable = {
  oneliner: { short: 'o', value: 'none' },
  all: { short: 'a', value: 'none' },
  quiet: { short: 'Q', value: 'none' },
  cluster: { short: 'M', value: 'required' },
  clusters: { value: 'required' },
};

function main({ values, rest: [keyword = '', ...words] }: ParsedOptions) {
  switch (keyword) {
    case 'release':
    case 'hold':
      if (words.length === 0) throw new Refused(`too few arguments for keyword:${keyword}`);
      return setAllHeld(words.join(',').split(','), keyword === 'hold');
    case 'show':
      return show(words, values.has('oneliner'));
    case 'ping':
      return console.log(`Slurmctld(primary) at ${hostname()} is UP`);
    default:
      throw new Refused(`invalid keyword: ${keyword}`);
  }
}

function show([entity = '', id]: readonly string[], oneLine: boolean) {
  if (!/^job(s|id)?$/.test(entity)) throw new Refused(`invalid entity:${entity} for keyword:show `);
  const now = Date.now();
  if (id !== undefined && !/^\d+$/.test(id)) throw new Refused('scontrol_print_job error: Invalid job id specified');
  const jobs = knownJobs(clusterDirectory(), now).filter((job) => id === undefined || job.id === id);
  if (jobs.length === 0 && id !== undefined) throw new Refused('slurm_load_jobs error: Invalid job id specified');
  if (jobs.length === 0) console.log('No jobs in the system');
  for (const job of jobs) console.log(formatJob(job, oneLine, now));
}

function setAllHeld(ids: readonly string[], held: boolean) {
  const problems = ids.flatMap((id) => {
    const problem = setHeld(id, held);
    return problem === undefined ? [] : [{ id, problem }];
  });
  const last = problems.at(-1);
  const lines = problems.map(({ id, problem }) => `${problem} for job ${id}`);
  if (last !== undefined) throw new Refused([...lines, `slurm_suspend error: ${last.problem}`].join('\n'));
}

/** Why not, if it cannot be. */
function setHeld(id: string, held: boolean): string | undefined {
  const directory = clusterDirectory();
  const now = Date.now();
  return locked(directory, () => {
    const job = allJobs(directory).find((candidate) => candidate.id === id);
    if (job === undefined || !knownJobs(directory, now).some((known) => known.id === id))
      return 'Invalid job id specified';
    if (isEnded(job)) return 'Job has already finished';
    if (job.state === 'PENDING' && job.held !== held) change(directory, job, held, now);
    return undefined;
  });
}

function change(directory: string, job: Job, held: boolean, now: number) {
  const { eligible: _, ...rest } = job;
  const changed = held ? { ...rest, held } : { ...rest, held, eligible: Math.max(now, job.begin ?? 0) };
  if (held || job.runner !== undefined) writeJob(directory, changed);
  else startRunner(directory, changed);
}

runCommand({ program: 'scontrol', options }, main);
