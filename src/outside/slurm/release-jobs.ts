import type { AskOptions } from './ask-for-jobs.ts';
import { runCommand } from './read-listing.ts';
import { readReleases } from './read-release.ts';
import { scontrolCommand } from './scontrol-command.ts';
import type { JobAddress, JobId, ReleaseAnswer } from './slurm.ts';

/** scontrol asks the controller for one after the other, all within its time limit. */
const mostAtOnce = 100;

/** Releases all jobs for which scontrol_command is the same by one call. */
export async function releaseJobs(
  options: AskOptions,
  jobs: readonly JobAddress[],
): Promise<ReadonlyMap<JobId, ReleaseAnswer>> {
  const answers = new Map<JobId, ReleaseAnswer>();
  const ofOneCommand = Map.groupBy(jobs, (job) => JSON.stringify(scontrolCommand(options.scontrol, job)));
  for (const group of ofOneCommand.values()) {
    let left: readonly JobAddress[] = group;
    let atOnce = mostAtOnce;
    for (let [first] = left; first !== undefined; [first] = left) {
      const ids = left.slice(0, atOnce).map(({ id }) => id);
      const result = await runCommand(options, scontrolCommand(options.scontrol, first), ['release', ids.join(',')]);
      const now = readReleases(result, ids);
      if (now.size === 0) atOnce = 1; // a wrapper, say, that takes one job only
      for (const [id, answer] of now) answers.set(id, answer);
      left = left.filter(({ id }) => !answers.has(id));
    }
  }
  return answers;
}
