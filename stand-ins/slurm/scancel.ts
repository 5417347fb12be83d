import { userInfo } from 'node:os';
import { cancelJobs } from './cancel-jobs.ts';
import type { Job } from './job.ts';
import { clusterDirectory } from './job-store.ts';
import { type OptionTable, parseOptions, UsageError } from './options.ts';

const options: OptionTable = {
  user: { short: 'u', value: 'required' },
  name: { short: 'n', value: 'required' },
  quiet: { short: 'Q', value: 'none' },
  verbose: { short: 'v', value: 'none' },
  clusters: { short: 'M', value: 'required' },
};

function main() {
  const { values, rest: ids } = parseOptions(process.argv.slice(2), options);
  const wrong = ids.find((id) => !/^\d+$/.test(id));
  if (wrong !== undefined) return fail(`scancel: error: Invalid job id ${wrong}`);
  const user = values.get('user');
  const name = values.get('name');
  if (ids.length === 0 && user === undefined && name === undefined)
    return fail('scancel: error: No job identification provided');
  const isMeant = (job: Job) =>
    (ids.length === 0 || ids.includes(job.id)) &&
    (user === undefined || user === userInfo().username) &&
    (name === undefined || name === job.name);
  // An unknown id is passed over in silence, as by the real one.
  cancelJobs(clusterDirectory(), isMeant);
}

function fail(message: string) {
  console.error(message);
  process.exitCode = 1;
}

try {
  main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  fail(`scancel: ${error.message}\nTry "scancel --help" for more information`);
}
