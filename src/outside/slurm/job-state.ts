import type { HowEnded, JobReading, JobState, QueueEntry } from './slurm.ts';

// What Slurm's commands print, in Slurm's words: known in this folder alone.

export type PrintedEntry = Omit<QueueEntry, 'is'>;
export type PrintedJob = Omit<Extract<JobReading, { readonly kind: 'job' }>, 'is'>;
export type PrintedReading = Exclude<JobReading, { readonly kind: 'job' }> | PrintedJob;

/**
 * States that a job does not leave by itself. Source: squeue(1), "JOB STATE CODES". Not among them: SPECIAL_EXIT, REQUEUED, REQUEUE_HOLD,
 * LAUNCH_FAILED, RECONFIG_FAIL, which mean that it will run again; REVOKED, which means that it runs on another cluster of a federation.
 */
const ends: ReadonlyMap<string, HowEnded> = new Map([
  ['COMPLETED', 'completed'],
  ['FAILED', 'failed'],
  ['TIMEOUT', 'timeout'],
  ['OUT_OF_MEMORY', 'out of memory'],
  ['CANCELLED', 'cancelled'],
  ['NODE_FAIL', 'node fail'],
  ['PREEMPTED', 'preempted'],
  ['BOOT_FAIL', 'boot fail'],
  ['DEADLINE', 'deadline'],
]);

export const hasEnded = ({ state }: { readonly state: string }) => ends.has(state);

/** Source: squeue(1), "JOB STATE CODES" and "JOB REASON CODES". A state that is newer than this table is waiting. */
export function jobState({
  state,
  reason,
  exitCode,
  cancelledBy,
}: Pick<PrintedJob, 'state' | 'reason' | 'exitCode' | 'cancelledBy'>): JobState {
  const how = ends.get(state);
  if (how !== undefined)
    return { kind: 'ended', end: { how, reason, ...(exitCode && { exitCode }), ...(cancelledBy && { cancelledBy }) } };
  if (state === 'REVOKED') return { kind: 'elsewhere' };
  if (state === 'RUNNING') return { kind: 'running' };
  if (state === 'SUSPENDED' || state === 'STOPPED') return { kind: 'suspended' };
  if (state !== 'PENDING') return { kind: 'waiting', reason: state };
  if (reason === 'JobHeldUser') return { kind: 'held by us' };
  return reason.startsWith('JobHeld') ? { kind: 'held by an admin' } : { kind: 'waiting', reason };
}
