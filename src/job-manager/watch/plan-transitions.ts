import type { JobPhase } from '../../jobs/job-record.ts';
import { type JobReading, type QueueEntry, type QueueReading, terminalStates } from '../../outside/slurm/slurm.ts';
import type { Handover } from '../../settings/settings.ts';

/** A job that is followed, and what was recorded of it last. */
export interface Known {
  readonly id: string;
  readonly phase: JobPhase;
}

export type Transition =
  /** It is held: let it go, then record `released`. */
  | { readonly kind: 'release'; readonly entry: QueueEntry }
  /** Nobody holds it: only to be recorded. */
  | { readonly kind: 'received' | 'released' | 'running'; readonly entry: QueueEntry }
  | { readonly kind: 'finished'; readonly state: string; readonly reason: string }
  /** The queue does not show it. That alone means nothing. */
  | { readonly kind: 'ask' };

/** Compares what is known with what the queue says. No I/O: watch-once.ts does what comes back. */
export function planTransitions(
  known: readonly Known[],
  queue: QueueReading,
  handover: Handover['kind'],
): ReadonlyMap<string, readonly Transition[]> {
  if (queue.kind === 'unreadable') return new Map(); // absence is not evidence
  const entries = new Map(queue.entries.map((entry) => [entry.id as string, entry]));
  return new Map(known.map(({ id, phase }) => [id, planOne(phase, entries.get(id), handover)]));
}

function planOne(phase: JobPhase, entry: QueueEntry | undefined, handover: Handover['kind']): readonly Transition[] {
  if (phase === 'finished') return [];
  if (entry === undefined) return [{ kind: 'ask' }];
  const { state, reason } = entry;
  if (terminalStates.has(state)) return [{ kind: 'finished', state, reason }];
  const running: Transition[] = state === 'RUNNING' && phase !== 'running' ? [{ kind: 'running', entry }] : [];
  if (phase !== 'submitted') return running;
  if (state === 'PENDING' && reason === 'JobHeldUser') return [{ kind: 'release', entry }];
  if (state === 'PENDING' && reason.startsWith('JobHeld')) return []; // by an admin, who has a reason
  return [{ kind: handover === 'delayed_begin' ? 'received' : 'released', entry }, ...running];
}

/** How often in a row a job must be unknown to everybody before it counts as ended. */
const timesUnknownUntilVanished = 3;

/** What a job that the queue does not show has come to, after Slurm was asked for it by its id. */
export function planAfterAsking(
  reading: JobReading,
  end: { readonly reason?: string } | undefined,
  timesUnknown: number,
): { readonly kind: 'finished'; readonly state: string; readonly reason: string } | { readonly kind: 'wait' } {
  if (reading.kind === 'job' && terminalStates.has(reading.state)) {
    return { kind: 'finished', state: reading.state, reason: reading.reason };
  }
  if (reading.kind !== 'unknown') return { kind: 'wait' };
  // Nobody remembers its state; that it came to its end is told by the job script's last act.
  if (end !== undefined) return { kind: 'finished', state: '', reason: '' };
  if (timesUnknown < timesUnknownUntilVanished) return { kind: 'wait' };
  return { kind: 'finished', state: 'VANISHED', reason: 'Slurm no longer knows this job' };
}
