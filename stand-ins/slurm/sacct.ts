import { slurmTime } from './durations.ts';
import { isEnded, type Job } from './job.ts';
import { allJobs, clusterDirectory, clusterSettings } from './job-store.ts';
import type { OptionTable, ParsedOptions } from './options.ts';
import { Refused } from './refused.ts';
import { runCommand } from './run-command.ts';

const options: OptionTable = {
  noheader: { short: 'n', value: 'none' },
  parsable2: { short: 'P', value: 'none' },
  parsable: { short: 'p', value: 'none' },
  delimiter: { value: 'required' },
  allocations: { short: 'X', value: 'none' },
  duplicates: { short: 'D', value: 'none' },
  starttime: { short: 'S', value: 'required' },
  jobs: { short: 'j', value: 'required' },
  format: { short: 'o', value: 'required' },
  clusters: { short: 'M', value: 'required' },
};

const fields: Readonly<Record<string, (job: Job) => string>> = {
  jobidraw: (job) => job.id,
  jobid: (job) => job.id,
  jobname: (job) => job.name,
  state: (job) => (job.state === 'CANCELLED' ? `CANCELLED by ${process.getuid?.()}` : job.state),
  exitcode: (job) => job.exitCode,
  submit: (job) => slurmTime(job.submitted),
  workdir: (job) => job.workDir,
};

/** Without `accounting` in settings.json it fails as on a site without slurmdbd. It remembers what squeue forgets. */
function main({ values }: ParsedOptions) {
  const directory = clusterDirectory();
  if (!clusterSettings(directory).accounting) throw new Refused('Slurm accounting storage is disabled');
  const names = (values.get('format') ?? 'JobID,JobName,State,ExitCode').split(',');
  const wrong = names.find((name) => fields[name.toLowerCase()] === undefined);
  if (wrong !== undefined) throw new Refused(`sacct: error: Invalid field requested: "${wrong}"`);
  const ids = values.get('jobs')?.split(',');
  const delimiter = values.get('delimiter') ?? '|';
  const line = (row: readonly string[]) => row.join(delimiter) + (values.has('parsable') ? delimiter : '');
  if (!values.has('noheader')) console.log(line(names));
  for (const job of allJobs(directory))
    if ((ids === undefined || ids.includes(job.id)) && (isEnded(job) || job.started !== undefined))
      console.log(line(names.map((name) => fields[name.toLowerCase()]?.(job) ?? '')));
}

runCommand({ program: 'sacct', options, hint: false }, main);
