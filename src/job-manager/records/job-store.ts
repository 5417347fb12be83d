import { oneAtATime } from '../../daemon/one-at-a-time.ts';
import type { JobLink } from '../../jobs/handovers.ts';
import {
  type JobRecord,
  longestRowText,
  type RecordReading,
  type Row,
  readJobRecord,
  UnwritableRecord,
  versionOfRecord,
  writeJobRecord,
} from '../../jobs/job-record.ts';
import { UnusableJob } from '../../jobs/unusable-job.ts';
import { cutMarkdown } from '../../messages/comment.ts';
import { isCancelRow } from '../../messages/job-rows.ts';
import { parseJobTable } from '../../messages/job-table.ts';
import { renderRow } from '../../messages/render-comment.ts';
import { adopt, type CommentsOfOurs } from './of-another-bot/adopt-job.ts';
import { catchUp } from './of-another-bot/catch-up.ts';

/**
 * The records of the jobs that were handed over. Watching and deploying run side by side; each change of a record is one step.
 * A job without a record is another bot's, and is adopted.
 */
export class JobStore {
  readonly #inTurn = oneAtATime();
  readonly #startedAt = new Date();
  /** Directories of jobs whose comments were compared with their records. */
  readonly #caughtUp = new Set<string>();
  /** Directory -> what was read of the jobs that are followed: what has not changed is not read again. */
  readonly #kept = new Map<string, { readonly version: string; readonly record: JobRecord }>();

  /** The record, made first for an adopted job. */
  async read(job: JobLink, forge: CommentsOfOurs): Promise<JobRecord> {
    return await this.#inTurn(job.directory, () => this.#readOrAdopt(job, forge));
  }

  /** The same, of a job that is followed: opened only where it has changed since. */
  async look(job: JobLink, forge: CommentsOfOurs): Promise<JobRecord> {
    return await this.#inTurn(job.directory, async () => {
      const version = await versionOfRecord(job.directory); // before it is read: what changes meanwhile is read again
      const kept = this.#kept.get(job.directory);
      if (kept !== undefined && kept.version === version) return ofThisJob(kept.record, job);
      const reading = await readJobRecord(job.directory);
      this.#kept.delete(job.directory);
      if (reading.kind === 'record' && version !== undefined)
        this.#kept.set(job.directory, { version, record: reading.record });
      return await this.#orAdopt(reading, job, forge);
    });
  }

  /** From now on these jobs are followed. */
  keepOnly(jobs: readonly JobLink[]): void {
    const followed = new Set(jobs.map(({ directory }) => directory));
    for (const directory of this.#kept.keys()) if (!followed.has(directory)) this.#kept.delete(directory);
  }

  /** Reads, changes and writes a record as one step. The same value is not written. */
  async change(job: JobLink, forge: CommentsOfOurs, change: (record: JobRecord) => JobRecord): Promise<JobRecord> {
    return await this.#inTurn(job.directory, async () => {
      const before = await this.#readOrAdopt(job, forge);
      const after = change(before);
      if (after !== before) await write(job, after);
      return after;
    });
  }

  /** Acts on the record as it is, while nobody changes it. */
  async whileUnchanged(job: JobLink, forge: CommentsOfOurs, act: (record: JobRecord) => Promise<void>): Promise<void> {
    await this.#inTurn(job.directory, async () => act(await this.#readOrAdopt(job, forge)));
  }

  /** The record to send. Another bot may have followed a job from before our start: its comment is read once, so that rows of others stay. */
  async readToSend(job: JobLink, forge: CommentsOfOurs): Promise<JobRecord> {
    const record = await this.read(job, forge);
    const { comment, submission } = record;
    const isOurs = submission.kind !== 'submitted' || new Date(submission.at) > this.#startedAt;
    if (comment.kind !== 'posted' || isOurs || this.#caughtUp.has(job.directory)) return record;
    const now = await forge.readComment(record.repository, comment.id);
    const after = now === 'gone' ? record : await this.change(job, forge, (before) => catchUp(before, now.body));
    this.#caughtUp.add(job.directory);
    return after;
  }

  async #readOrAdopt(job: JobLink, forge: CommentsOfOurs): Promise<JobRecord> {
    return await this.#orAdopt(await readJobRecord(job.directory), job, forge);
  }

  async #orAdopt(reading: RecordReading, job: JobLink, forge: CommentsOfOurs): Promise<JobRecord> {
    if (reading.kind === 'record') return ofThisJob(reading.record, job);
    if (reading.kind === 'unusable') throw new UnusableJob(reading.why);
    const adopted = await adopt(job, forge);
    this.#caughtUp.add(job.directory);
    await write(job, adopted);
    return adopted;
  }
}

async function write({ directory }: JobLink, record: JobRecord): Promise<void> {
  try {
    await writeJobRecord(directory, record);
  } catch (error) {
    throw error instanceof UnwritableRecord ? new UnusableJob(error.message) : error;
  }
}

/** A record copied from another job would lead to that one's comment. */
function ofThisJob(record: JobRecord, { id, directory }: JobLink): JobRecord {
  const { submission } = record;
  if (submission.kind !== 'submitted' || submission.id === id) return record;
  throw new UnusableJob(`the record in ${directory} is of job ${submission.id}, not of ${id}`);
}

/** Adds rows, each once, by time, state and text. Texts that are too long for a record are cut. */
export function withRows(record: JobRecord, uncut: readonly Row[]): JobRecord {
  const rows = uncut.map((row) => ({ ...row, text: cutMarkdown(row.text, longestRowText) }));
  const { comment } = record;
  const head = comment.kind === 'posted' ? comment.head.split(/\r?\n/) : [];
  const isThere = (row: Row) =>
    head.includes(renderRow(row)) ||
    record.rows.some(
      (other) => other.at.getTime() === row.at.getTime() && other.state === row.state && other.text === row.text,
    );
  // Of these there is one: the order says it as soon as Slurm has taken it, the watch where the end comes first.
  const isCancelled = [...record.rows, ...parseJobTable(head.join('\n')).rows].some(isCancelRow);
  const added = rows.filter((row) => !isThere(row) && !(isCancelled && isCancelRow(row)));
  return added.length === 0 ? record : { ...record, rows: [...record.rows, ...added] };
}
