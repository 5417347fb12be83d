import type { Clock } from '../../daemon/clock.ts';
import type { JobLink } from '../../jobs/handovers.ts';
import type { JobRecord, Row, RowState } from '../../jobs/job-record.ts';
import type { SendAttempts } from './send-attempts.ts';

/** A job and its record as it is now. */
export interface Followed {
  readonly job: JobLink;
  readonly record: JobRecord;
}

/** How long somebody can wait for a row: what came of a job is waited for, that it was released is not. */
const patience: Readonly<Record<RowState, 0 | 1 | 2>> = {
  submitted: 0,
  finished: 0,
  'test result': 0,
  uploaded: 0,
  'not uploaded': 0,
  running: 1,
  released: 2,
  received: 2,
};

/** Whether a comment on GitHub is behind the record. */
export function isBehind({ comment, rows, rowsSent }: JobRecord): boolean {
  return comment.kind === 'posted' && rowsSent < rows.length;
}

/**
 * Whether a job's comment is to be brought up to date now. A row `released` alone waits an interval for the row `running`: most jobs
 * start at once, and it saves a request.
 */
export function isToBeSent(
  { job, record }: Followed,
  { now, monotonic }: Clock,
  pollIntervalSeconds: number,
  attempts: Pick<SendAttempts, 'rests'>,
): boolean {
  const wall = now().getTime();
  // The clock was set back where a row is of the future: nobody is to wait until that comes.
  const isOld = (at: Date) => wall - at.getTime() >= pollIntervalSeconds * 900 || at.getTime() > wall;
  const isDue = ({ state, at }: Row) => patience[state] < 2 || isOld(at);
  return isBehind(record) && unsent(record).some(isDue) && !attempts.rests(job.id, monotonic());
}

/** In which order comments are sent: those whose last attempt failed come last, then counts what people wait for. */
export function inSendingOrder(
  followed: readonly Followed[],
  attempts: Pick<SendAttempts, 'failures'>,
): readonly Followed[] {
  return followed.toSorted(
    (a, b) =>
      attempts.failures(a.job.id) - attempts.failures(b.job.id) || patienceWith(a.record) - patienceWith(b.record),
  );
}

const unsent = ({ rows, rowsSent }: JobRecord) => rows.slice(rowsSent);
const patienceWith = (record: JobRecord) =>
  unsent(record).reduce<number>((least, { state }) => Math.min(least, patience[state]), 2);
