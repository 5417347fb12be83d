/** A job's state, in our words. */
export type JobState =
  /** When it was submitted, or later by its user. */
  | { readonly kind: 'held by us' }
  | { readonly kind: 'held by an admin' }
  /** For resources, its begin time, another run, its last files. Unknown states are this. */
  | { readonly kind: 'waiting'; readonly reason: string }
  | { readonly kind: 'running' }
  | { readonly kind: 'suspended' }
  /** On another cluster of a federation. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'ended'; readonly end: JobEnd };

/** The end of a job. */
export interface JobEnd {
  readonly how: HowEnded;
  /** For people; may be empty. */
  readonly reason: string;
  /** `STATUS:SIGNAL` */
  readonly exitCode?: string;
  readonly cancelledBy?: string;
  readonly facts?: EndFacts;
}

/** How a job ended. Its row shows it so: `TIMEOUT`, `OUT_OF_MEMORY`. */
export type HowEnded =
  | 'completed'
  | 'failed'
  | 'timeout'
  | 'out of memory'
  | 'cancelled'
  | 'node fail'
  | 'preempted'
  | 'boot fail'
  | 'deadline'
  /** Nobody can tell. */
  | 'vanished';

/** What the end of a job has to do with. */
export interface EndFacts {
  /** As Slurm prints it: `1-00:00:00`. */
  readonly timeLimit?: string;
  /** Those that it ran on, as Slurm lists them: `n[1-3,7]`. */
  readonly nodes?: string;
  readonly failedNode?: string;
  /** What it was given. */
  readonly memoryBytes?: number;
  /** The most that a step was seen with; accounting looks now and then, so it may have been more. */
  readonly peakBytes?: number;
}

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
}: {
  readonly state: string;
  readonly reason: string;
  readonly exitCode?: string;
  readonly cancelledBy?: string;
}): JobState {
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
