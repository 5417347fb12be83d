import type { ProgramCall } from '../processes/program-call.ts';
import type { ProgramResult } from '../processes/run-program.ts';
import { isAboutClusters } from './is-about-clusters.ts';
import { complaint } from './read-listing.ts';
import type { CancelAnswer, JobAddress } from './slurm.ts';

/** What scancel is given for one job. A job has its number on its cluster alone: it is named where the site has several. */
export function cancelWords(
  { poll, cancel }: { readonly poll: ProgramCall; readonly cancel?: ProgramCall },
  { id, cluster }: Pick<JobAddress, 'id' | 'cluster'>,
): readonly string[] {
  const isNamed = cancel?.arguments.some(isAboutClusters) ?? false;
  const areSeveral = poll.arguments.some(isAboutClusters) && cluster !== '';
  // Without --verbose it says nothing of a job that has ended, and exits 0.
  return ['--verbose', ...(areSeveral && !isNamed ? [`--clusters=${cluster}`] : []), id];
}

/** slurm_errno.c: ESLURM_ALREADY_DONE, ESLURM_INVALID_JOB_ID. */
const isOver = /Job\/step already completing or completed|Job has already finished|Invalid job id/;
/** ESLURM_ACCESS_DENIED, ESLURM_USER_ID_MISSING; words of a shell, sudo and getopt. */
const isRefused =
  /Access\/permission denied|Invalid user id|: Permission denied$|command not found|a password is required|is not allowed to execute|unrecognized option|invalid option/m;
/** No process, and no retry helps. */
const lasting: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ENOEXEC', 'ELOOP']);

/** The answer of `scancel --verbose ID`. An error on stderr is a failure even with exit code 0. */
export function readCancel(result: ProgramResult): CancelAnswer {
  const message = complaint('scancel', result);
  if (result.kind === 'not-started') return { kind: lasting.has(result.code) ? 'refused' : 'unavailable', message };
  if (result.kind !== 'exited') return { kind: 'unavailable', message };
  const { code, stderr } = result;
  if (code === 0 && !/^scancel: error: /m.test(stderr)) return { kind: 'cancelled' };
  if (isOver.test(stderr)) return { kind: 'ended' };
  return { kind: isRefused.test(stderr) ? 'refused' : 'unavailable', message };
}
