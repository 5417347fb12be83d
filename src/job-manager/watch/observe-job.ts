import { readEnd } from '../../jobs/results.ts';
import { askedJob } from '../../outside/slurm/slurm.ts';
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
  const end = ofAll.answer?.kind === 'unknown' ? await readEnd(known.directory, known.id) : undefined;
  const seen = { ...ofAll, entry, end };
  const ended = planFacts(known, seen, now, settings);
  if (ended === undefined) return seen;
  const { how, reason } = ended;
  return { ...seen, facts: await slurm.readEndFacts({ ...askedJob(known), reason }, how) };
}
