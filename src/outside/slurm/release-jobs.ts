import type { ProgramResult } from '../processes/run-program.ts';
import type { AskOptions } from './ask-for-jobs.ts';
import { complaint, runCommand } from './read-listing.ts';
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

/** The answer of `scontrol release ID`. It exits 0 for a job that is not held. An ended job (cancelled while held) is not held either. */
export function readRelease(result: ProgramResult): ReleaseAnswer {
  if (result.kind === 'exited' && (result.code === 0 || result.stderr.includes('Job has already finished')))
    return { kind: 'released' };
  return { kind: 'failed', message: complaint('scontrol', result) };
}

/**
 * The answer of `scontrol release ID,ID,…`. After a job that fails scontrol goes on with the others; its exit status is 1 then, and it says
 * `REASON for job ID`. Those that it does not name may be released: they are left out, and to be asked for again.
 */
function readReleases(result: ProgramResult, ids: readonly JobId[]): ReadonlyMap<JobId, ReleaseAnswer> {
  const isAboutAll = ids.length === 1 || result.kind !== 'exited' || result.code === 0;
  if (isAboutAll) return new Map(ids.map((id) => [id, readRelease(result)]));
  const lines = new Map([...result.stderr.matchAll(/^.* for job (\d+)$/gm)].map(([line, id]) => [id, line]));
  return new Map(
    ids.flatMap((id) => {
      const stderr = lines.get(id);
      return stderr === undefined ? [] : [[id, readRelease({ ...result, stderr })]];
    }),
  );
}
