import { readEnd } from '../../jobs/results.ts';
import type { Tools } from '../tools.ts';
import type { Looked } from './ask-slurm.ts';
import { planFacts, type Seen } from './plan-job.ts';

/** What this interval sees of a job. `ofAll`: what was asked for all jobs at once. */
export async function observeJob(
  { known, entry }: Looked,
  ofAll: Pick<Seen, 'answer' | 'cancellation' | 'releaseRests'>,
  now: Date,
  { slurm, settings }: Pick<Tools, 'slurm' | 'settings'>,
): Promise<Seen> {
  const { id, directory, cluster } = known;
  const end = ofAll.answer?.kind === 'unknown' ? await readEnd(directory, id) : undefined;
  const seen = { ...ofAll, entry, end };
  const ended = planFacts(known, seen, now, settings);
  if (ended === undefined) return seen;
  const { how, reason } = ended;
  const job = { id, directory, cluster, partition: '', state: '', reason };
  return { ...seen, facts: await slurm.readEndFacts(job, how) };
}
