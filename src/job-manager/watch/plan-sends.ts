import type { Clock } from '../../daemon/clock.ts';
import { pullRequestKey } from '../../jobs/forge-names.ts';
import type { JobRecord, Row, RowState } from '../../jobs/job-record.ts';
import type { Followed } from '../records/followed.ts';
import type { SendAttempts } from './send-attempts.ts';

/** How long a row may wait: 0 is sent first. */
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

/** Whether the comment on GitHub is behind the record. */
export function isBehind({ comment, rows, rowsSent, uploading }: JobRecord): boolean {
  return comment.kind === 'posted' && (rowsSent < rows.length || uploading?.isShown === false);
}

/** Whether to send a job's comment now. A row `released` alone waits an interval for the row `running`: most jobs start at once, and it saves a request. */
export function isToBeSent(
  { job, record }: Followed,
  { now, monotonic }: Clock,
  pollIntervalSeconds: number,
  attempts: Pick<SendAttempts, 'rests'>,
): boolean {
  const wall = now().getTime();
  // A row of the future means that the clock was set back: send it.
  const isOld = (at: Date) => wall - at.getTime() >= pollIntervalSeconds * 900 || at.getTime() > wall;
  const isDue = ({ state, at }: Row) => patience[state] < 2 || isOld(at);
  const hasProgress = record.uploading?.isShown === false;
  return isBehind(record) && (hasProgress || unsent(record).some(isDue)) && !attempts.rests(job.id, monotonic());
}

/** Failed comments last. Before them the most urgent rows first, one job of each pull request in turn, so that none waits for all jobs of another. */
export function inSendingOrder(
  followed: readonly Followed[],
  attempts: Pick<SendAttempts, 'failures'>,
): readonly Followed[] {
  const before = new Map<string, number>();
  const ranked = followed.map((each) => {
    const [failures, waits] = [attempts.failures(each.job.id), patienceWith(each.record)];
    const alike = `${failures} ${waits} ${pullRequestKey(each.record)}`;
    const turn = before.get(alike) ?? 0;
    before.set(alike, turn + 1);
    return { each, failures, waits, turn };
  });
  ranked.sort((a, b) => a.failures - b.failures || a.waits - b.waits || a.turn - b.turn);
  return ranked.map(({ each }) => each);
}

const unsent = ({ rows, rowsSent }: JobRecord) => rows.slice(rowsSent);
const patienceWith = (record: JobRecord) =>
  unsent(record).reduce<number>((least, { state }) => Math.min(least, patience[state]), 2);
