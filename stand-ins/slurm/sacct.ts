import { slurmTime } from './durations.ts';
import { isEnded, type Job } from './job.ts';
import { allJobs, clusterDirectory, clusterSettings } from './job-store.ts';
import { type OptionTable, parseOptions, UsageError } from './options.ts';

const options: OptionTable = {
  noheader: { short: 'n', value: 'none' },
  parsable2: { short: 'P', value: 'none' },
  parsable: { short: 'p', value: 'none' },
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
function main() {
  const { values } = parseOptions(process.argv.slice(2), options);
  const directory = clusterDirectory();
  if (!clusterSettings(directory).accounting) return fail('Slurm accounting storage is disabled');
  const names = (values.get('format') ?? 'JobID,JobName,State,ExitCode').split(',');
  const wrong = names.find((name) => fields[name.toLowerCase()] === undefined);
  if (wrong !== undefined) return fail(`sacct: error: Invalid field requested: "${wrong}"`);
  const ids = values.get('jobs')?.split(',');
  if (!values.has('noheader')) console.log(names.join('|'));
  for (const job of allJobs(directory))
    if ((ids === undefined || ids.includes(job.id)) && (isEnded(job) || job.started !== undefined))
      console.log(names.map((name) => fields[name.toLowerCase()]?.(job)).join('|'));
}

function fail(message: string) {
  console.error(message);
  process.exitCode = 1;
}

try {
  main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  fail(`sacct: ${error.message}`);
}
