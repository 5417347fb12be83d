import type { JobLink } from '../../jobs/handovers.ts';
import type { JobRecord } from '../../jobs/job-record.ts';
import { renderComment } from '../../messages/render-comment.ts';
import { TryAgainLater } from '../../outside/github/github.ts';
import type { Tools } from '../tools.ts';

/** A job and its record as it is now. */
export interface Followed {
  readonly job: JobLink;
  readonly record: JobRecord;
}

/** Whether the comment on GitHub is behind the record. */
export function isBehind({ comment, rows, rowsSent }: JobRecord): boolean {
  return comment.kind === 'posted' && rowsSent < rows.length;
}

/**
 * The jobs whose comments are to be brought up to date now, those first that people wait for. A row `released` alone waits an
 * interval for the row `running`: most jobs start at once, and it saves a request.
 */
export function planSends(followed: readonly Followed[], now: Date, pollIntervalSeconds: number): readonly Followed[] {
  const isDue = ({ record }: Followed) => {
    const unsent = record.rows.slice(record.rowsSent);
    return unsent.some(
      ({ state, at }) =>
        (state !== 'released' && state !== 'received') || now.getTime() - at.getTime() >= pollIntervalSeconds * 900,
    );
  };
  const isEnd = ({ record }: Followed) => record.phase === 'finished';
  const due = followed.filter((each) => isBehind(each.record) && isDue(each));
  return [...due.filter(isEnd), ...due.filter((each) => !isEnd(each))];
}

/** Brings one comment up to date: the whole text, so that doing it twice is harmless. Gives back the record as it is then. */
export async function sendRows({ job }: Followed, tools: Tools): Promise<JobRecord> {
  const record = await tools.jobs.readToSend(job, tools.github);
  if (!isBehind(record)) return record;
  const { comment, repository, rows } = record;
  if (comment.kind !== 'posted') return record;
  const answer = await tools.github.updateComment(repository, comment.id, renderComment(comment.head, rows));
  if (answer === 'gone') {
    tools.log.warn({ job: job.id, comment: comment.id }, 'the comment of a job is gone: its rows are recorded only');
    return await tools.jobs.change(job, tools.github, (now) => ({ ...now, comment: { kind: 'silent' } }));
  }
  tools.log.info({ job: job.id, rows: rows.slice(record.rowsSent).map(({ state }) => state) }, 'sent rows');
  return await tools.jobs.change(job, tools.github, (now) => ({ ...now, rowsSent: rows.length }));
}

/** When GitHub asks to wait, nothing is sent until then; what becomes due meanwhile is sent in one go. */
export class SendingPause {
  #until = 0;

  isOver(now: Date): boolean {
    return now.getTime() >= this.#until;
  }

  /** Remembers how long to wait after a failure that will pass; other errors are thrown. */
  after(error: unknown, now: Date): void {
    if (!(error instanceof TryAgainLater)) throw error;
    this.#until = now.getTime() + (error.retryAfterSeconds ?? 30) * 1000;
  }
}
