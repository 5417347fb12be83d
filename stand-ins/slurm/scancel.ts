import { userInfo } from 'node:os';
import { cancelJobs } from './cancel-jobs.ts';
import type { Job } from './job.ts';
import { clusterDirectory } from './job-store.ts';
import type { OptionTable, ParsedOptions } from './options.ts';
import { Refused } from './refused.ts';
import { runCommand } from './run-command.ts';

const options: OptionTable = {
  user: { short: 'u', value: 'required' },
  name: { short: 'n', value: 'required' },
  quiet: { short: 'Q', value: 'none' },
  verbose: { short: 'v', value: 'none' },
  clusters: { short: 'M', value: 'required' },
};

function main({ values, rest: ids }: ParsedOptions) {
  const wrong = ids.find((id) => !/^\d+$/.test(id));
  if (wrong !== undefined) throw new Refused(`scancel: error: Invalid job id ${wrong}`);
  const user = values.get('user');
  const name = values.get('name');
  if (ids.length === 0 && user === undefined && name === undefined)
    throw new Refused('scancel: error: No job identification provided');
  const isMeant = (job: Job) =>
    (ids.length === 0 || ids.includes(job.id)) &&
    (user === undefined || user === userInfo().username) &&
    (name === undefined || name === job.name);
  // An unknown id is passed over in silence, as by the real one.
  cancelJobs(clusterDirectory(), isMeant);
}

runCommand({ program: 'scancel', options }, main);
