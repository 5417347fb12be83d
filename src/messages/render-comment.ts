import type { Row } from '../jobs/job-record.ts';
import type { Markdown } from '../outside/github/github.ts';
import { asComment, cutTo, maxCommentLength } from './comment.ts';
import { formatDate } from './date.ts';
import { escapeCell } from './escape-markdown.ts';

/** One line of the table. Whatever its text holds, it is one cell. */
export function renderRow(row: Row, maxTextLength = Number.POSITIVE_INFINITY): Markdown {
  return `|${formatDate(row.at)}|${row.state}|${cutTo(escapeCell(row.text), maxTextLength)}|` as Markdown;
}

/** The whole comment of a job. Every row stays; where it would be too long for GitHub, the longest texts are cut. */
export function renderComment(head: Markdown, rows: readonly Row[]): Markdown {
  const render = (limit: number): string => [head, ...rows.map((row) => renderRow(row, limit))].join('\n');
  return asComment(render(longestLimit(render)));
}

/** The greatest length of a single text with which all of them fit. */
export function longestLimit(render: (maxTextLength: number) => string): number {
  // 100: room for what asComment may insert.
  const fits = (limit: number): boolean => render(limit).length <= maxCommentLength - 100;
  if (fits(Number.POSITIVE_INFINITY)) return Number.POSITIVE_INFINITY;
  let [fitting, tooLong] = [0, maxCommentLength];
  while (tooLong - fitting > 1) {
    const middle = Math.floor((fitting + tooLong) / 2);
    if (fits(middle)) fitting = middle;
    else tooLong = middle;
  }
  return fitting;
}
