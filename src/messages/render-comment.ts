import type { Row } from '../jobs/job-record.ts';
import type { Markdown } from '../outside/github/github.ts';
import { asComment, cutMarkdown, fitsInComment, maxCommentLength } from './comment.ts';
import { formatDate } from './date.ts';
import { escapeCell } from './escape-markdown.ts';

/** One line of the table. The text always stays one cell. */
export function renderRow(row: Row, maxTextLength = Number.POSITIVE_INFINITY): Markdown {
  return rowOf(row)(maxTextLength);
}

/** Prepares what does not depend on the length. */
function rowOf(row: Row): (maxTextLength: number) => Markdown {
  const [before, text] = [`|${formatDate(row.at)}|${row.state}|`, escapeCell(row.text)];
  return (maxTextLength) => `${before}${cutMarkdown(text, maxTextLength)}|` as Markdown;
}

/** One comment of a job: its head and all rows. If it is too long for GitHub, the longest texts are cut. */
export function renderComment(head: Markdown, rows: readonly Row[]): Markdown {
  const lines = rows.map(rowOf);
  const render = (limit: number): string => [head, ...lines.map((line) => line(limit))].join('\n');
  return asComment(render(longestLimit(render)));
}

/** The greatest length of a single text at which all of them fit. */
export function longestLimit(render: (maxTextLength: number) => string): number {
  const fits = (limit: number): boolean => fitsInComment(render(limit));
  if (fits(Number.POSITIVE_INFINITY)) return Number.POSITIVE_INFINITY;
  let [fitting, tooLong] = [0, maxCommentLength];
  while (tooLong - fitting > 1) {
    const middle = Math.floor((fitting + tooLong) / 2);
    if (fits(middle)) fitting = middle;
    else tooLong = middle;
  }
  return fitting;
}
