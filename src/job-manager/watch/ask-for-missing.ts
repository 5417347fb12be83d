import type { AskedJob, JobId, JobReading, Slurm } from '../../outside/slurm/slurm.ts';
import type { Followed } from './plan-sends.ts';
import type { Transition } from './plan-transitions.ts';

/** A job, and what is to be done with it; nothing where that could not be planned. */
export interface Planned extends Followed {
  readonly due?: readonly Transition[];
}

/** Asks Slurm once for all jobs of which the queue did not say enough. `clusters`: those that it has shown. */
export async function askForMissing(
  planned: readonly Planned[],
  slurm: Pick<Slurm, 'askFor'>,
  clusters: ReadonlySet<string>,
): Promise<ReadonlyMap<JobId, JobReading>> {
  const asked: AskedJob[] = [];
  for (const { job, record, due = [] } of planned) {
    const ask = due.find(({ kind }) => kind === 'ask');
    if (ask?.kind !== 'ask') continue;
    const { submission } = record;
    const cluster = submission.kind === 'submitted' ? submission.cluster : '';
    const recorded = { cluster, isClusterDoubtful: !clusters.has(cluster), partition: '', state: '', reason: '' };
    asked.push({ ...(ask.entry ?? recorded), ...job });
  }
  return asked.length === 0 ? new Map() : await slurm.askFor(asked);
}
