import type { Asked, JobPhase } from '../../jobs/job-record.ts';
import type { EndMarker } from '../../jobs/results.ts';
import type { JobEnd } from '../../outside/slurm/job-state.ts';
import {
  isWorkDirOf,
  type JobAddress,
  type JobId,
  type JobReading,
  type QueueEntry,
  type QueueReading,
} from '../../outside/slurm/slurm.ts';
import type { Handover } from '../../settings/settings.ts';
import { afterAsking, isTimeToAsk, planAfterAsking } from './plan-asking.ts';

/** A followed job, as recorded. */
export interface Known {
  readonly id: JobId;
  readonly directory: string;
  readonly phase: JobPhase;
  /** The cluster that it was submitted to. */
  readonly cluster: string;
  readonly asked?: Asked;
}

/** What one interval saw of a job. */
export interface Seen {
  /** The job in the queue. */
  readonly entry?: QueueEntry;
  /** Slurm's answer for its id, if asked. */
  readonly answer?: JobReading;
  /** The end marker, which the job script writes last. */
  readonly end?: EndMarker;
}

export type JobChange =
  /** Release it, then record `released`. */
  | { readonly kind: 'release'; readonly address: JobAddress }
  /** It is not held. `eligibleTime`: when it may start, as scontrol prints it. */
  | { readonly kind: 'received'; readonly eligibleTime?: string }
  | { readonly kind: 'released' | 'running' }
  | { readonly kind: 'finished'; readonly end: JobEnd }
  /** Slurm was asked, and its end is still open; undefined: the queue shows it again. */
  | { readonly kind: 'asked'; readonly asked: Asked | undefined };

interface Circumstances {
  readonly handover: Handover['kind'];
  readonly now: Date;
  readonly pollIntervalSeconds: number;
}

/** What the queue says about a job, and what to ask Slurm about it. */
export interface QueueLook {
  readonly entry?: QueueEntry;
  readonly ask: 'nothing' | 'what became of it' | 'when it may start';
}

/** Makes the function that finds a job in the queue. An unreadable queue or entry proves nothing. */
export function planLooks(queue: QueueReading, circumstances: Circumstances): (job: Known) => QueueLook {
  const { entries, unread = [] } = queue.kind === 'queue' ? queue : { entries: [] };
  const entriesOf = Map.groupBy(entries, ({ id }) => id);
  const unreadJobs = new Set<JobId>(unread.map(({ id }) => id));
  const isUnread = (id: JobId) => queue.kind === 'unreadable' || unreadJobs.has(id);
  return (job) => {
    const entry = entryOf(job, entriesOf.get(job.id) ?? []);
    if (entry !== undefined) return { entry, ask: planQuestion(job, entry, circumstances.handover) };
    return { ask: !isUnread(job.id) && isMissingLong(job, circumstances) ? 'what became of it' : 'nothing' };
  };
}

function isMissingLong({ phase, asked }: Known, { now, pollIntervalSeconds }: Circumstances): boolean {
  return phase !== 'finished' && isTimeToAsk(asked, now, pollIntervalSeconds);
}

/** The queue says neither who cancelled a job nor when one may start. */
function planQuestion(job: Known, entry: QueueEntry, handover: Handover['kind']): QueueLook['ask'] {
  if (job.phase === 'finished') return 'nothing';
  if (entry.is.kind === 'ended') return entry.is.end.how === 'cancelled' ? 'what became of it' : 'nothing';
  const isReceived = planLive(job.phase, entry, handover).some(({ kind }) => kind === 'received');
  return isReceived ? 'when it may start' : 'nothing';
}

/** Finds a job by its directory: ids repeat on other clusters, and after Slurm has lost its state. If there are siblings, the live one counts. */
function entryOf({ directory }: Known, entries: readonly QueueEntry[]): QueueEntry | undefined {
  const own = entries.filter(({ workDir }) => isWorkDirOf(directory, workDir));
  const isLive = (entry: QueueEntry) => !['ended', 'elsewhere'].includes(entry.is.kind);
  return own.find(isLive) ?? own.at(-1);
}

/** The changes between a job's record and what was seen; carry-out.ts does them. */
export function planJob(
  known: Known,
  { entry, answer, end }: Seen,
  circumstances: Circumstances,
): readonly JobChange[] {
  const { phase, asked } = known;
  const { handover, now } = circumstances;
  if (phase === 'finished') return [];
  if (entry !== undefined) {
    const { is } = entry;
    if (is.kind !== 'ended') {
      const found: JobChange[] = asked === undefined ? [] : [{ kind: 'asked', asked: undefined }];
      return [...found, ...planLive(phase, entry, handover, answer)];
    }
    if (is.end.how !== 'cancelled') return [{ kind: 'finished', end: is.end }];
  }
  if (answer === undefined) return []; // absence is not evidence
  const nowAsked = afterAsking(asked, answer, now);
  const ended = planAfterAsking(answer, end, nowAsked);
  if (ended !== undefined) return [{ kind: 'finished', end: ended }];
  return [{ kind: 'asked', asked: nowAsked }, ...planFromAnswer(known, answer, handover)];
}

/** For a job that Slurm knows and the queue does not show, for example because the user or `job_name` was changed. */
function planFromAnswer(
  { id, cluster, phase }: Known,
  answer: JobReading,
  handover: Handover['kind'],
): readonly JobChange[] {
  if (answer.kind !== 'job') return [];
  return planLive(phase, { ...answer, id, cluster, partition: '' }, handover, answer);
}

function planLive(
  phase: JobPhase,
  { is, ...address }: Omit<QueueEntry, 'workDir'>,
  handover: Handover['kind'],
  answer?: JobReading,
): readonly JobChange[] {
  const isNew = phase === 'submitted';
  switch (is.kind) {
    case 'ended':
      return [];
    case 'held by us':
      return isNew ? [{ kind: 'release', address }] : [];
    case 'held by an admin':
      return []; // somebody else holds it, for a reason
    case 'running': {
      const before = isNew ? [entered(handover, answer)] : [];
      return phase === 'running' ? [] : [...before, { kind: 'running' }];
    }
    case 'waiting':
    case 'suspended':
    case 'elsewhere':
      return isNew ? [entered(handover, answer)] : [];
  }
}

/** The change of a job that we do not hold: it waits or runs. */
function entered(handover: Handover['kind'], answer: JobReading | undefined): JobChange {
  if (handover === 'hold_release') return { kind: 'released' };
  const eligibleTime = answer?.kind === 'job' ? answer.eligibleTime : undefined;
  return { kind: 'received', ...(eligibleTime && { eligibleTime }) };
}
