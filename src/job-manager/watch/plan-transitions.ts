import type { Asked, JobPhase } from '../../jobs/job-record.ts';
import {
  isWorkDirOf,
  type JobId,
  type JobReading,
  type QueueEntry,
  type QueueReading,
  terminalStates,
} from '../../outside/slurm/slurm.ts';
import type { Handover } from '../../settings/settings.ts';
import { isTimeToAsk } from './plan-asking.ts';

/** A job that is followed, and what was recorded of it last. */
export interface Known {
  readonly id: JobId;
  readonly directory: string;
  readonly phase: JobPhase;
  readonly asked?: Asked;
}

/** What Slurm says of a job's end. `state` is empty where only the job's own files tell that it ended. */
export interface Ending {
  readonly state: string;
  readonly reason: string;
  readonly exitCode?: string;
  readonly cancelledBy?: string;
}

export type Transition =
  /** It is held: let it go, then record `released`. */
  | { readonly kind: 'release'; readonly entry: QueueEntry }
  /** Nobody holds it: only to be recorded. */
  | { readonly kind: 'received' | 'released' | 'running'; readonly entry: QueueEntry }
  | { readonly kind: 'finished'; readonly ending: Ending }
  /** The queue does not show it, which alone means nothing; or, with `entry`, somebody cancelled it, and the queue does not say who. */
  | { readonly kind: 'ask'; readonly entry?: QueueEntry }
  /** The queue shows it again. */
  | { readonly kind: 'found' };

interface Circumstances {
  readonly handover: Handover['kind'];
  readonly now: Date;
  readonly pollIntervalSeconds: number;
}

/** Makes what compares what is known of a job with what the queue says. No I/O: carry-out.ts does what comes back. */
export function planTransitions(
  queue: QueueReading,
  circumstances: Circumstances,
): (job: Known) => readonly Transition[] {
  if (queue.kind === 'unreadable') return () => []; // absence is not evidence
  const entries = Map.groupBy(queue.entries, ({ id }) => id as string);
  const unread = new Set<string>(queue.unread?.map(({ id }) => id));
  return (job) => {
    const entry = entryOf(job, entries.get(job.id) ?? []);
    // It is there, and nothing else is known of it.
    return entry === undefined && unread.has(job.id) ? [] : planOne(job, entry, circumstances);
  };
}

/** Several jobs may have one id: on another cluster, or after Slurm lost its state and began to count anew. Of siblings the live one counts. */
function entryOf({ directory }: Known, entries: readonly QueueEntry[]): QueueEntry | undefined {
  const own = entries.filter(({ workDir }) => isWorkDirOf(directory, workDir));
  return own.find(({ state }) => !terminalStates.has(state) && state !== 'REVOKED') ?? own.at(-1);
}

function planOne(job: Known, entry: QueueEntry | undefined, circumstances: Circumstances): readonly Transition[] {
  const { phase, asked } = job;
  const { now, pollIntervalSeconds } = circumstances;
  if (phase === 'finished') return [];
  if (entry === undefined) return isTimeToAsk(asked, now, pollIntervalSeconds) ? [{ kind: 'ask' }] : [];
  if (entry.state === 'CANCELLED') return [{ kind: 'ask', entry }];
  const { state, reason, exitCode } = entry;
  if (terminalStates.has(state))
    return [{ kind: 'finished', ending: { state, reason, ...(exitCode && { exitCode }) } }];
  const found: Transition[] = asked === undefined ? [] : [{ kind: 'found' }];
  return [...found, ...planLive(phase, entry, circumstances.handover)];
}

/** What a job has come to that the queue does not show, though Slurm knows it: the user or the name of jobs was changed, say. */
export function planFromAnswer(
  { id, directory, phase }: Known,
  reading: JobReading | undefined,
  cluster: string,
  handover: Handover['kind'],
): readonly Transition[] {
  if (reading?.kind !== 'job' || terminalStates.has(reading.state)) return [];
  const { state, reason } = reading;
  return planLive(phase, { id, cluster, partition: '', state, reason, workDir: directory }, handover);
}

function planLive(phase: JobPhase, entry: QueueEntry, handover: Handover['kind']): readonly Transition[] {
  const { state, reason } = entry;
  const running: Transition[] = state === 'RUNNING' && phase !== 'running' ? [{ kind: 'running', entry }] : [];
  if (phase !== 'submitted') return running;
  if (state === 'PENDING' && reason === 'JobHeldUser') return [{ kind: 'release', entry }];
  if (state === 'PENDING' && reason.startsWith('JobHeld')) return []; // by an admin, who has a reason
  return [{ kind: handover === 'delayed_begin' ? 'received' : 'released', entry }, ...running];
}
