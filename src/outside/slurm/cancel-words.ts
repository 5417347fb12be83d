import type { ProgramCall } from '../processes/program-call.ts';
import { isAboutClusters } from './is-about-clusters.ts';
import type { JobAddress } from './slurm.ts';

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
