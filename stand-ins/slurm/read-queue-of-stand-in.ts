import { inQueueOrder } from './format-queue.ts';
import { knownJobs } from './job-store.ts';

export interface QueueRow {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly reason: string;
  readonly workDir: string;
}

/** The queue in all states, in squeue's order, without running squeue: for the demo page. */
export function readQueueOfStandIn(directory: string): QueueRow[] {
  return inQueueOrder(knownJobs(directory, Date.now())).map(({ id, name, state, reason, workDir }) => ({
    id,
    name,
    state,
    reason,
    workDir,
  }));
}
