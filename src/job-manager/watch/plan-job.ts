import type { Cancellation } from '../../jobs/cancellations.ts';
import type { Asked, JobPhase } from '../../jobs/job-record.ts';
import type { EndMarker } from '../../jobs/results.ts';
import type { EndFacts, HowEnded, JobEnd } from '../../outside/slurm/job-state.ts';
import {
  isWorkDirOf,
  type JobAddress,
  type JobId,
  type JobReading,
  type QueueEntry,
  type QueueReading,
} from '../../outside/slurm/slurm.ts';
import type { HandoverProtocol, Settings } from '../../settings/settings.ts';
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
  readonly entry?: QueueEntry | undefined;
  /** Slurm's answer for its id, if asked. */
  readonly answer?: JobReading | undefined;
  /** The end marker, which the job script writes last. */
  readonly end?: EndMarker | undefined;
  /** What its end has to do with, if asked. */
  readonly facts?: EndFacts;
  /** The open order to cancel it. */
  readonly cancellation?: Pick<Cancellation, 'by' | 'isAsked'> | undefined;
  /** Its release has failed, and is not to be retried yet. */
  readonly releaseRests?: boolean;
}

export type JobChange =
  /** Release it, then record `released`. */
  | { readonly kind: 'release'; readonly address: JobAddress }
  /** It is not held. `eligibleTime`: when it may start, as scontrol prints it. */
  | { readonly kind: 'received'; readonly eligibleTime?: string }
  | { readonly kind: 'released' | 'running' }
  /** `by`: whoever has cancelled it. */
  | { readonly kind: 'finished'; readonly end: JobEnd; readonly by: string | undefined }
  /** Slurm was asked, and its end is still open; undefined: the queue shows it again. */
  | { readonly kind: 'asked'; readonly asked: Asked | undefined };

interface Circumstances {
  readonly handoverProtocol: HandoverProtocol['kind'];
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
    if (entry !== undefined) return { entry, ask: planQuestion(job, entry, circumstances.handoverProtocol) };
    return { ask: !isUnread(job.id) && isMissingLong(job, circumstances) ? 'what became of it' : 'nothing' };
  };
}

function isMissingLong({ phase, asked }: Known, { now, pollIntervalSeconds }: Circumstances): boolean {
  return phase !== 'finished' && isTimeToAsk(asked, now, pollIntervalSeconds);
}

/** The queue says neither who cancelled a job nor when one may start. */
function planQuestion(job: Known, entry: QueueEntry, handoverProtocol: HandoverProtocol['kind']): QueueLook['ask'] {
  if (job.phase === 'finished') return 'nothing';
  if (entry.is.kind === 'ended') return entry.is.end.how === 'cancelled' ? 'what became of it' : 'nothing';
  const isReceived = planLive(job.phase, entry, handoverProtocol).some(({ kind }) => kind === 'received');
  return isReceived ? 'when it may start' : 'nothing';
}

/** Finds a job by its directory: ids repeat on other clusters, and after Slurm has lost its state. If there are siblings, the live one counts. */
function entryOf({ directory }: Known, entries: readonly QueueEntry[]): QueueEntry | undefined {
  const own = entries.filter(({ workDir }) => isWorkDirOf(directory, workDir));
  const isLive = (entry: QueueEntry) => !['ended', 'elsewhere'].includes(entry.is.kind);
  return own.find(isLive) ?? own.at(-1);
}

/** The changes between a job's record and what was seen; carry-out.ts does them. */
export function planJob(known: Known, seen: Seen, circumstances: Circumstances): readonly JobChange[] {
  if (known.phase === 'finished') return [];
  const { facts, cancellation, releaseRests = false } = seen;
  const ended = endSeen(known, seen, circumstances.now);
  if (ended !== undefined) {
    const by = isCancelledBy(ended, cancellation) ? cancellation?.by : undefined;
    return [{ kind: 'finished', end: { ...ended, ...(facts && { facts }) }, by }];
  }
  // One that is to be cancelled is not released: it would run until it is.
  const mayRelease = cancellation === undefined && !releaseRests;
  return planOpen(known, seen, circumstances).filter(({ kind }) => kind !== 'release' || mayRelease);
}

/** How the job has ended, by what was seen; undefined: it has not, or nobody knows. */
function endSeen({ asked }: Known, { entry, answer, end }: Seen, now: Date): JobEnd | undefined {
  if (entry !== undefined && entry.is.kind !== 'ended') return undefined;
  if (entry?.is.kind === 'ended' && entry.is.end.how !== 'cancelled') return entry.is.end;
  return answer && planAfterAsking(answer, end, afterAsking(asked, answer, now));
}

/** Whether the end is that of the cancellation. `vanished`: Slurm may have forgotten the cancelled job before it was asked. */
function isCancelledBy({ how }: JobEnd, cancellation: Seen['cancellation']): boolean {
  return cancellation?.isAsked === true && (how === 'cancelled' || how === 'vanished');
}

/** For these, Slurm knows more than the reason: how much was used, or on which node it happened. */
const haveFacts: ReadonlySet<HowEnded> = new Set(['timeout', 'out of memory', 'node fail', 'boot fail']);

/** The end for which to ask Slurm what it has to do with; attestations name the nodes of each job. */
export function planFacts(
  known: Known,
  seen: Seen,
  now: Date,
  { deploy }: Pick<Settings, 'deploy'>,
): JobEnd | undefined {
  const ended = known.phase === 'finished' ? undefined : endSeen(known, seen, now);
  if (ended === undefined || isCancelledBy(ended, seen.cancellation)) return undefined;
  return haveFacts.has(ended.how) || deploy.attestation ? ended : undefined;
}

/** The changes of a job that has not ended. */
function planOpen(
  known: Known,
  { entry, answer }: Seen,
  { handoverProtocol, now }: Circumstances,
): readonly JobChange[] {
  const { phase, asked } = known;
  if (entry !== undefined && entry.is.kind !== 'ended') {
    const found: JobChange[] = asked === undefined ? [] : [{ kind: 'asked', asked: undefined }];
    return [...found, ...planLive(phase, entry, handoverProtocol, answer)];
  }
  if (answer === undefined) return []; // absence is not evidence
  return [
    { kind: 'asked', asked: afterAsking(asked, answer, now) },
    ...planFromAnswer(known, answer, handoverProtocol),
  ];
}

/** For a job that Slurm knows and the queue does not show, for example because the user or `job_name` was changed. */
function planFromAnswer(
  { id, cluster, phase }: Known,
  answer: JobReading,
  handoverProtocol: HandoverProtocol['kind'],
): readonly JobChange[] {
  if (answer.kind !== 'job') return [];
  return planLive(phase, { ...answer, id, cluster, partition: '' }, handoverProtocol, answer);
}

function planLive(
  phase: JobPhase,
  { is, ...address }: Omit<QueueEntry, 'workDir'>,
  handoverProtocol: HandoverProtocol['kind'],
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
      const before = isNew ? [entered(handoverProtocol, answer)] : [];
      return phase === 'running' ? [] : [...before, { kind: 'running' }];
    }
    case 'waiting':
    case 'suspended':
    case 'elsewhere':
      return isNew ? [entered(handoverProtocol, answer)] : [];
  }
}

/** The change of a job that we do not hold: it waits or runs. */
function entered(handoverProtocol: HandoverProtocol['kind'], answer: JobReading | undefined): JobChange {
  if (handoverProtocol === 'hold_release') return { kind: 'released' };
  const eligibleTime = answer?.kind === 'job' ? answer.eligibleTime : undefined;
  return { kind: 'received', ...(eligibleTime && { eligibleTime }) };
}
