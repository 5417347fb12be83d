import { oneAtATime } from '../../daemon/one-at-a-time.ts';
import type { JobLink } from '../../jobs/handovers.ts';
import {
  type JobRecord,
  longestRowText,
  type RecordReading,
  type Row,
  readJobRecord,
  versionOfRecord,
  writeJobRecord,
} from '../../jobs/job-record.ts';
import { Unusable } from '../../jobs/judge-error.ts';
import { cutMarkdown } from '../../messages/comment.ts';
import { cancelRow } from '../../messages/job-rows.ts';
import { renderRow } from '../../messages/render-comment.ts';
import { adopt, type CommentsOfOurs } from './of-another-bot/adopt-job.ts';
import { catchUp } from './of-another-bot/catch-up.ts';

/**
 * The records of the jobs that were handed over. Watching and deploying run in parallel; each change of a record is atomic.
 * A job without a record belongs to another bot, and is adopted.
 */
export class JobStore {
  readonly #inTurn = oneAtATime();
  readonly #startedAt = new Date();
  /** Directories of jobs whose comments were compared with their records. */
  readonly #caughtUp = new Set<string>();
  /** Directory -> the record of a followed job, read again only if it has changed. */
  readonly #kept = new Map<string, { readonly version: string; readonly record: JobRecord }>();

  /** The record, made first for an adopted job. */
  async read(job: JobLink, forge: CommentsOfOurs): Promise<JobRecord> {
    return await this.#inTurn(job.directory, () => this.#readOrAdopt(job, forge));
  }

  /** The same for a followed job; reads the file only if it has changed. */
  async look(job: JobLink, forge: CommentsOfOurs): Promise<JobRecord> {
    return await this.#inTurn(job.directory, async () => {
      const version = await versionOfRecord(job.directory); // taken before reading: a change meanwhile makes it be read again
      const kept = this.#kept.get(job.directory);
      if (kept !== undefined && kept.version === version) return ofThisJob(kept.record, job);
      const reading = await readJobRecord(job.directory);
      this.#kept.delete(job.directory);
      if (reading.kind === 'record' && version !== undefined)
        this.#kept.set(job.directory, { version, record: reading.record });
      return await this.#orAdopt(reading, job, forge);
    });
  }

  /** Keeps only the records of these jobs in memory. */
  keepOnly(jobs: readonly JobLink[]): void {
    const followed = new Set(jobs.map(({ directory }) => directory));
    for (const directory of this.#kept.keys()) if (!followed.has(directory)) this.#kept.delete(directory);
  }

  /** Changes a record atomically. An unchanged record is not written. */
  async change(job: JobLink, forge: CommentsOfOurs, change: (record: JobRecord) => JobRecord): Promise<JobRecord> {
    return await this.#inTurn(job.directory, async () => {
      const before = await this.#readOrAdopt(job, forge);
      const after = change(before);
      if (after !== before) await writeJobRecord(job.directory, after);
      return after;
    });
  }

  /** Acts on the record while no other call can change it. */
  async whileUnchanged(job: JobLink, forge: CommentsOfOurs, act: (record: JobRecord) => Promise<void>): Promise<void> {
    await this.#inTurn(job.directory, async () => act(await this.#readOrAdopt(job, forge)));
  }

  /** The record to send. The Python bot may have followed a job before our start: its comment is read once, so that its rows are kept. */
  async readToSend(job: JobLink, forge: CommentsOfOurs): Promise<JobRecord> {
    const record = await this.read(job, forge);
    const { comment, submission } = record;
    const isOurs = submission.kind !== 'submitted' || new Date(submission.at) > this.#startedAt;
    if (comment.kind !== 'posted' || isOurs || this.#caughtUp.has(job.directory)) return record;
    const now = await forge.readComment(record, comment.id);
    const after = now === 'gone' ? record : await this.change(job, forge, (before) => catchUp(before, now.body));
    this.#caughtUp.add(job.directory);
    return after;
  }

  async #readOrAdopt(job: JobLink, forge: CommentsOfOurs): Promise<JobRecord> {
    return await this.#orAdopt(await readJobRecord(job.directory), job, forge);
  }

  async #orAdopt(reading: RecordReading, job: JobLink, forge: CommentsOfOurs): Promise<JobRecord> {
    if (reading.kind === 'record') return ofThisJob(reading.record, job);
    if (reading.kind === 'unusable') throw new Unusable(reading.why);
    const adopted = await adopt(job, forge);
    this.#caughtUp.add(job.directory);
    await writeJobRecord(job.directory, adopted);
    return adopted;
  }
}

/** Refuses a record that was copied from another job: it names that job's comment. */
function ofThisJob(record: JobRecord, { id, directory }: JobLink): JobRecord {
  const { submission } = record;
  if (submission.kind !== 'submitted' || submission.id === id) return record;
  throw new Unusable(`the record in ${directory} is of job ${submission.id}, not of ${id}`);
}

/** Adds rows that are not there yet, by time, state and text. Texts that are too long are cut. */
export function withRows(record: JobRecord, uncut: readonly Row[]): JobRecord {
  const rows = uncut.map((row) => ({ ...row, text: cutMarkdown(row.text, longestRowText) }));
  const { comment } = record;
  const head = comment.kind === 'posted' ? comment.head.split(/\r?\n/) : [];
  const isThere = (row: Row) =>
    head.includes(renderRow(row)) ||
    record.rows.some(
      (other) => other.at.getTime() === row.at.getTime() && other.state === row.state && other.text === row.text,
    );
  const added = rows.filter((row) => !isThere(row));
  return added.length === 0 ? record : { ...record, rows: [...record.rows, ...added] };
}

/** Tells, once, who has cancelled the job: from the order, or from the watch if that sees the end first. */
export function withCancellation(record: JobRecord, at: Date, id: string, by: string): JobRecord {
  return record.cancelled ? record : { ...withRows(record, [cancelRow(at, id, by)]), cancelled: { by } };
}
