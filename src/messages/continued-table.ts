import type { Row } from '../jobs/job-record.ts';
import type { Markdown } from '../outside/github/github.ts';
import { fitsInComment, lengthInComment, maxCommentLength } from './comment.ts';
import { tableHeader } from './first-comment.ts';
import { renderComment, renderRow } from './render-comment.ts';

// A job's table that is too long for one comment: texts are cut first, then it continues in further comments. A row stays in the comment
// that it was put into.

/** At least so much of each text is shown: its first words tell how the job went. */
const shortestText = 200;
const goesOn = '\n\nThe table goes on in a later comment.';

/** A job's table, and its comments. */
export interface Table {
  /** Of the first comment, table header included. */
  readonly head: Markdown;
  readonly rows: readonly Row[];
  /** The first row of the second comment, of the third, … */
  readonly continuedFrom: readonly number[];
  readonly job: TableOfJob;
}

/** The job that a table belongs to. */
export interface TableOfJob {
  readonly id: string;
  /** Its first comment. */
  readonly comment: { readonly id: number; readonly url?: string };
}

/** One comment of a table. */
export interface TablePart {
  /** Its rows: from the first to before the second. */
  readonly from: number;
  readonly to: number;
  readonly text: Markdown;
}

/** Where the table continues: as decided before, and again where the rows need it. */
export function planContinuations({ head, rows, continuedFrom, job }: Table): readonly number[] {
  const begins = [...continuedFrom];
  for (;;) {
    const from = begins.at(-1) ?? 0;
    const fitting = howManyFit(begins.length === 0 ? head : continuationHead(job, begins.length + 1), rows.slice(from));
    // A continuation takes at least one row, otherwise this would not end.
    const to = from + (begins.length === 0 ? fitting : Math.max(1, fitting));
    if (to >= rows.length) return begins;
    begins.push(to);
  }
}

/** The comments of a table, in order. */
export function renderParts({ head, rows, continuedFrom, job }: Table): readonly TablePart[] {
  return [0, ...continuedFrom].map((from, index) => {
    const to = continuedFrom[index] ?? rows.length;
    const text = renderComment(index === 0 ? head : continuationHead(job, index + 1), rows.slice(from, to));
    const isLast = index === continuedFrom.length;
    return { from, to, text: (isLast || !fitsInComment(text + goesOn) ? text : text + goesOn) as Markdown };
  });
}

/** The text above the rows of a continuation, by which it is recognised. */
export function continuationHead({ id, comment }: TableOfJob, part: number): Markdown {
  const address = comment.url ?? `#issuecomment-${comment.id}`;
  return `Part ${part} of the table of job \`${id}\`, which begins in [comment ${comment.id}](${address})\n${tableHeader}` as Markdown;
}

/** Which table a comment continues; undefined for any other comment. */
export function parseContinuation(body: string): { readonly comment: number; readonly part: number } | undefined {
  const match = /^Part (\d+) of the table of job `\d+`, which begins in \[comment (\d+)\]\(/.exec(body);
  return match === null ? undefined : { comment: Number(match[2]), part: Number(match[1]) };
}

function howManyFit(head: Markdown, rows: readonly Row[]): number {
  let length = lengthInComment(head);
  for (const [index, row] of rows.entries()) {
    length += renderRow(row, shortestText).length + 1; // begins with a bar, so nothing is inserted
    if (length > maxCommentLength) return index;
  }
  return rows.length;
}
