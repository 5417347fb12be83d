import { readEnd } from '../../jobs/results.ts';
import { type AskedJob, askedJob, type JobId, type JobReading, type Slurm } from '../../outside/slurm/slurm.ts';
import type { Tools } from '../tools.ts';
import { type Known, planFacts, type QueueLook, type Seen } from './plan-job.ts';

/** A followed job, and what the queue says about it. */
export interface Looked extends QueueLook {
  readonly known: Known;
}

/** Asks Slurm for all missing jobs in one request, and in one request each for start times. */
export async function askSlurm(
  looked: readonly Looked[],
  slurm: Pick<Slurm, 'askFor'>,
): Promise<ReadonlyMap<JobId, JobReading>> {
  const address = ({ known, entry }: Looked): AskedJob => {
    const { id, directory } = known;
    return { ...askedJob(known), ...entry, id, directory };
  };
  const missing = looked.filter(({ ask }) => ask === 'what became of it').map(address);
  const answers = new Map(missing.length === 0 ? [] : await slurm.askFor(missing));
  for (const job of looked.filter(({ ask }) => ask === 'when it may start'))
    for (const [id, answer] of await slurm.askFor([address(job)])) answers.set(id, answer);
  return answers;
}

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
