import { join } from 'node:path';
import { writeDurably } from '../outside/files/durable-files.ts';
import { readUntrusted } from '../outside/files/read-untrusted.ts';
import type { Markdown, RepositoryName } from '../outside/github/github.ts';
import type { JobId } from '../outside/slurm/slurm.ts';
import { isCommit, isGitHubNumber, isRepositoryName } from './github-names.ts';
import type { Said } from './say-once.ts';

/** A line of a job's table: what became of the job, and when. */
export interface Row {
  readonly at: Date;
  readonly state: RowState;
  readonly text: Markdown;
}

export type RowState =
  | 'submitted'
  | 'released'
  | 'received'
  | 'running'
  | 'finished'
  | 'test result'
  | 'uploaded'
  | 'not uploaded';

/** How far the bot has come with a job. Kept as `_bot_job.json` in the job's directory. */
export interface JobRecord {
  readonly version: 1;
  readonly repository: RepositoryName;
  readonly pullRequest: number;
  /** The delivery whose command this job comes from; absent for a job that another bot submitted. */
  readonly delivery?: string;
  /** The account whose command this job comes from; absent as above. */
  readonly orderedBy?: { readonly login: string; readonly id?: number };
  /** The head of the pull request that is built, all digits; absent where another bot submitted the job, and in older records. */
  readonly commit?: string;
  readonly submission: SubmissionState;
  readonly comment: CommentState;
  readonly phase: JobPhase;
  /** ISO 8601: from then on the job may have been released, though a kill kept that from being recorded. */
  readonly releaseBegun?: string;
  /** While the queue does not show it, and nobody has told its end. */
  readonly asked?: Asked;
  /** What stands, or is to stand, below the comment's head; in this order. */
  readonly rows: readonly Row[];
  /** How many of `rows` the comments on GitHub are known to show. */
  readonly rowsSent: number;
  /** Further comments, in order: a table that is too long for one goes on in them. Absent in most records, and in all older ones. */
  readonly continuations?: readonly Continuation[];
}

/** A comment in which a job's table goes on. */
export interface Continuation {
  /** The first row that stands in it. */
  readonly from: number;
  /** Absent as long as it is only planned. */
  readonly said?: Said;
}

/** What came of asking Slurm for a job by its id. Times are ISO 8601. */
export interface Asked {
  readonly times: number;
  readonly at: string;
  /** How often in a row Slurm answered that it does not know the job, and for how long by then; absent: not yet twice. */
  readonly timesUnknown: number;
  readonly unknownSeconds?: number;
}

export type SubmissionState =
  | { readonly kind: 'prepared' }
  /** sbatch may have run: look for a job in this directory before running it again. `unsure`: it has, and could not say what came of it. */
  | { readonly kind: 'submitting'; readonly since: string; readonly unsure?: true }
  | { readonly kind: 'submitted'; readonly id: JobId; readonly cluster: string; readonly at: string }
  | { readonly kind: 'refused'; readonly message: string };

export type CommentState =
  | { readonly kind: 'none' }
  /** The request may have been sent: look at the pull request's comments before sending it again. */
  | { readonly kind: 'posting'; readonly head: Markdown }
  /** `head`: what stands above the rows. */
  | { readonly kind: 'posted'; readonly id: number; readonly url?: string; readonly head: Markdown }
  /** Not wanted (chat level), or not possible any more, then with the reason: rows are recorded and shown to nobody. */
  | { readonly kind: 'silent'; readonly why?: string };

/** What the job manager has seen of a job, and recorded. */
export type JobPhase = 'submitted' | 'released' | 'running' | 'finished';

const recordName = '_bot_job.json';
/** More than any job has: a few texts, each as long as a comment at most. A job can write it, and it is parsed in each interval. */
const longestRecordBytes = 2 * 1024 * 1024;

/** The record of the job in `directory`; `missing` where the bot has not made one (yet). */
export async function readJobRecord(
  directory: string,
): Promise<{ kind: 'record'; record: JobRecord } | { kind: 'missing' } | { kind: 'unusable'; why: string }> {
  const path = join(directory, recordName);
  const file = await readUntrusted(path, longestRecordBytes);
  if (file.kind === 'missing') return file;
  if (file.kind === 'unusable') return { kind: 'unusable', why: `${path} ${file.why}` };
  try {
    const record: unknown = JSON.parse(file.text);
    if (!isJobRecord(record)) return { kind: 'unusable', why: `${path} is no job record of version 1` };
    if (!namesWhatGitHubHas(record))
      return { kind: 'unusable', why: `${path} names a repository, pull request or comment that GitHub cannot have` };
    const rows = record.rows.map((row) => ({ ...row, at: new Date(row.at) }));
    const { commit, ...rest } = record;
    return { kind: 'record', record: { ...rest, ...(isCommit(commit) && { commit }), rows } };
  } catch (error) {
    return { kind: 'unusable', why: `${path} is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Replaces the record of the job in `directory`. */
export async function writeJobRecord(directory: string, record: JobRecord): Promise<void> {
  await writeDurably(join(directory, recordName), `${JSON.stringify(record, null, 2)}\n`);
}

function isJobRecord(value: unknown): value is JobRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { version, repository, pullRequest, submission, comment, phase, rows, rowsSent, continuations } =
    value as Partial<JobRecord>;
  return (
    version === 1 &&
    typeof repository === 'object' &&
    typeof pullRequest === 'number' &&
    typeof submission?.kind === 'string' &&
    typeof comment?.kind === 'string' &&
    typeof phase === 'string' &&
    Array.isArray(rows) &&
    rows.every(isRow) &&
    (continuations === undefined || Array.isArray(continuations)) &&
    Number.isSafeInteger(rowsSent)
  );
}

function isRow(value: unknown): boolean {
  const { at, state, text } = (value ?? {}) as Partial<Record<keyof Row, unknown>>;
  return (
    typeof at === 'string' && !Number.isNaN(Date.parse(at)) && typeof state === 'string' && typeof text === 'string'
  );
}

/** All of it becomes part of addresses. */
function namesWhatGitHubHas({ repository, pullRequest, comment, continuations = [] }: JobRecord): boolean {
  const said = [comment, ...continuations.map((continuation) => continuation.said)];
  return (
    isRepositoryName(repository) &&
    isGitHubNumber(pullRequest) &&
    said.every((one) => one?.kind !== 'posted' || isGitHubNumber(one.id))
  );
}
