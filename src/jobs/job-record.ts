import { join, resolve } from 'node:path';
import { z } from 'zod';
import { attemptsShape } from '../daemon/attempts.ts';
import { writeDurably } from '../outside/files/durable-files.ts';
import { openShape } from '../outside/files/open-shape.ts';
import { versionThere } from '../outside/files/open-untrusted.ts';
import { readShape } from '../outside/files/parse-shape.ts';
import { readUntrusted } from '../outside/files/read-untrusted.ts';
import { sealJson } from '../outside/files/seal.ts';
import { word } from '../outside/files/shapes.ts';
import { type CheckState, checkStates, type Markdown } from '../outside/forge/forge.ts';
import { isClusterName } from '../outside/slurm/slurm.ts';
import { jobIdShape } from './directories.ts';
import { forgeNumber, isCommit, repositoryShape } from './forge-names.ts';
import { Unusable } from './judge-error.ts';
import { toldByRows } from './told-by-rows.ts';

export const recordName = '_bot_job.json';
/** More than any record has: a few texts, each at most as long as a comment. Bounded, since a job can write the file, and each interval may parse it. */
export const longestRecordBytes = 2 * 1024 * 1024;
/** As GitHub counts: a character beyond the basic plane (an emoji) has two units in JavaScript, and is one for GitHub. */
const longestCommentUnits = 2 * 65_536;
const mostRows = 10_000;
export const longestOrdered = 50_000;

const time = z.iso.datetime();
/** The longest text of a row: longer than a comment. */
export const longestRowText = 65_536;
const text = z.string().max(longestRowText);
const asMarkdown = (text: string) => text as Markdown;
const markdown = text.transform(asMarkdown);
const head = z.string().max(longestCommentUnits).transform(asMarkdown);
const url = z.string().max(2_000);
const count = z.number().int().min(0).max(1_000_000);
const name = z.string().max(200);

const submission = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('prepared') }),
  // sbatch may have run: look for a job in this directory before running it again. `unsure`: it has, but did not say whether Slurm took the job.
  z.object({ kind: z.literal('submitting'), since: time, unsure: z.literal(true).exactOptional() }),
  z.object({
    kind: z.literal('submitted'),
    id: jobIdShape,
    cluster: z.string().refine((cluster) => cluster === '' || isClusterName(cluster), 'is no name of a cluster'),
    at: time,
  }),
  z.object({ kind: z.literal('refused'), message: text }),
]);

const comment = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  // The request may have been sent: look at the pull request's comments before sending it again.
  z.object({ kind: z.literal('posting'), head }),
  // `head`: the text above the rows.
  z.object({ kind: z.literal('posted'), id: forgeNumber, url: url.exactOptional(), head }),
  // No comment: not wanted (chat level), or not possible any more (`why`). Rows are only recorded.
  z.object({ kind: z.literal('silent'), why: text.exactOptional() }),
]);

export const rowStates = [
  'submitted',
  'released',
  'received',
  'running',
  'finished',
  'test result',
  'uploaded',
  'not uploaded',
] as const;
export type RowState = (typeof rowStates)[number];

const row = z.object({
  at: time.transform((at) => new Date(at)),
  state: z.enum(rowStates),
  text: markdown,
});
/** A line of a job's table: what became of the job, and when. */
export type Row = Readonly<z.infer<typeof row>>;

const target = z.object({
  /** Decides where artefacts go. */
  repositoryId: name,
  nodeType: word.exactOptional(),
  /** The architecture that it builds for, without the operating system: `x86_64/amd/zen4`. */
  architecture: word.exactOptional(),
  accelerator: word.exactOptional(),
});
/** What a job builds, and where. Records of earlier versions have only the repository id. */
export type JobTarget = Readonly<z.infer<typeof target>>;

const asked = z.object({
  times: count,
  at: time,
  /** How often in a row Slurm answered that it does not know the job, and for how long by then; absent: not yet twice. */
  timesUnknown: count,
  unknownSeconds: z.number().min(0).max(1e9).exactOptional(),
});
/** Slurm's answers about a job by its id. Times are ISO 8601. */
export type Asked = Readonly<z.infer<typeof asked>>;

/** What the job manager has seen of a job, and recorded; in their order. */
export const jobPhases = ['submitted', 'released', 'running', 'finished'] as const;
export type JobPhase = (typeof jobPhases)[number];

const ending = z.enum(['success', 'failure', 'cancelled', 'timed out'] as const satisfies readonly CheckState[]);
/** How a job ended, by Slurm, build and test. */
export type JobEnding = z.infer<typeof ending>;

const checkState = z.enum(checkStates);
/** What GitHub shows for a job beside its commit. */
const checkMark = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('check run'), id: forgeNumber, shows: checkState }),
  z.object({ kind: z.literal('commit status'), shows: checkState }),
  /** The commit is gone, or GitHub keeps refusing. */
  z.object({ kind: z.literal('impossible') }),
]);
export type CheckMark = Readonly<z.infer<typeof checkMark>>;

/**
 * Unknown members are left out, not refused: so a record of the next version can be read after a downgrade, and one of an earlier version with
 * `continuations`, too.
 */
const shape = z.object({
  version: z.literal(1),
  repository: repositoryShape,
  pullRequest: forgeNumber,
  /** The delivery whose command this job comes from; absent for a job that another bot submitted. */
  delivery: name.exactOptional(),
  /** The account whose command this job comes from; absent as above. */
  orderedBy: z.object({ login: name, id: z.number().int().exactOptional() }).exactOptional(),
  /** What is built, and where; absent as above. */
  target: target.exactOptional(),
  /** The target as ordered, JSON that the event handler reads. Absent as above, and in older records. */
  ordered: z.string().max(longestOrdered).exactOptional(),
  submission,
  comment,
  phase: z.enum(jobPhases),
  /** ISO 8601. After this time the job may have been released, even if a kill prevented the record of it. */
  releaseBegun: time.exactOptional(),
  /** While the queue does not show the job and its end is not known. */
  asked: asked.exactOptional(),
  /** The rows below the comment's head, in order, sent or not. */
  rows: z.array(row).max(mostRows).readonly(),
  /** The text below the rows, once the job has failed. */
  below: markdown.exactOptional(),
  /** The nodes it ran on, as Slurm lists them: for attestations. */
  nodes: name.exactOptional(),
  /** The progress while a large artefact of it is uploaded. `isShown`: the comment on GitHub shows it. */
  uploading: z.object({ text: markdown, isShown: z.boolean() }).exactOptional(),
  /** How many of `rows` the comment on GitHub is known to show. */
  rowsSent: count,
  /** While its comment cannot be sent, though others can. */
  sending: attemptsShape.exactOptional(),
  /** Once it has ended; absent in older records. */
  ended: ending.exactOptional(),
  /** Once its comment tells that somebody has cancelled it. `by`: absent where another bot told so. */
  cancelled: z.object({ by: text.exactOptional() }).exactOptional(),
  /** Once it has ended: what its rows say, in a few words. Absent: not in the words that we know. */
  result: z.object({ build: markdown.optional(), test: markdown.optional() }).exactOptional(),
  /** Absent: nothing is shown beside its commit. */
  check: checkMark.exactOptional(),
});
/** How far the bot has come with a job. Kept as `_bot_job.json` in the job's directory. */
export type JobRecord = Readonly<z.infer<typeof shape>> & {
  /** The head of the pull request that is built, all digits; absent where another bot submitted the job, and in older records. */
  readonly commit?: string;
};

const recordSchema = shape
  .extend({
    commit: z.string().optional().catch(undefined),
    /** As earlier versions wrote it. */
    repositoryId: name.exactOptional(),
  })
  .refine(({ rows, rowsSent }) => rowsSent <= rows.length, { path: ['rowsSent'], error: 'is more than there are rows' })
  .transform(
    ({ commit, repositoryId, ...rest }): JobRecord => ({
      ...(repositoryId !== undefined && { target: { repositoryId } }),
      ...(rest.result === undefined &&
        rest.cancelled === undefined &&
        toldByRows(rest.rows, rest.comment.kind === 'posted' ? rest.comment.head : '')),
      ...rest,
      ...(isCommit(commit) && { commit }), // a malformed one is left out: it is only shown
    }),
  );

/**
 * Where a record belongs, for its seal: the job's directory below that of all jobs, `YYYY.MM/pr_N/…`. Not the whole path, which changes
 * when the file system is mounted elsewhere.
 */
export function placeOfRecord(directory: string): string {
  const path = resolve(directory);
  return /\/(\d{4}\.\d{2}\/pr_\d+\/.+)$/.exec(path)?.[1] ?? path;
}

export type RecordReading =
  | { readonly kind: 'record'; readonly record: JobRecord }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unusable'; readonly why: string };

/**
 * The record of the job in `directory`; `missing` if the bot has made none (yet). A job can write the file. So records are read only here,
 * and one without our seal for this directory, of another shape, or out of bounds, is `unusable`.
 */
export async function readJobRecord(directory: string): Promise<RecordReading> {
  const path = join(directory, recordName);
  const file = await readUntrusted(path, longestRecordBytes);
  if (file.kind === 'missing') return file;
  if (file.kind === 'unusable') return { kind: 'unusable', why: `${path} ${file.why}` };
  const { value, why } = openShape('job record', placeOfRecord(directory), file.text, recordSchema);
  return value === undefined ? { kind: 'unusable', why: `${path} ${why}` } : { kind: 'record', record: value };
}

/** The version of the record, without reading it; undefined: there is none. The same version has the same text. */
export const versionOfRecord = (directory: string) => versionThere(join(directory, recordName));

/**
 * Replaces the record of the job in `directory`. Throws {@link Unusable}, and keeps the old one, if the new one could not be read again: it may
 * have too many rows. `later`: the final name of the directory; until it has that, the record is not read.
 */
export async function writeJobRecord(directory: string, record: JobRecord, later = directory): Promise<void> {
  const written = sealJson('job record', placeOfRecord(later), record);
  const path = join(directory, recordName);
  const isTooLarge = Buffer.byteLength(written) > longestRecordBytes;
  const why = isTooLarge
    ? `is larger than ${longestRecordBytes} bytes`
    : readShape(written, recordSchema, 'job record of version 1').why;
  if (why !== undefined) throw new Unusable(`${path} is not written: what was to be written ${why}`);
  await writeDurably(path, written);
}
