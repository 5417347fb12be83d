import type { JobPhase, JobRecord, Row } from '../../jobs/job-record.ts';
import { escapeCell } from '../../messages/escape-markdown.ts';
import { parseJobTable, phaseToldBy } from '../../messages/job-table.ts';
import { ownText } from '../../messages/markdown.ts';
import { comesPerArtefact, renderComment } from '../../messages/render-comment.ts';

/**
 * The record of a job whose comment may have been written by another bot meanwhile: a site that went back to the bot before, and came
 * again. What stands there then stays as it is, and only what it does not tell is still to be sent.
 */
export function catchUp(record: JobRecord, body: string): JobRecord {
  const { comment, rows, rowsSent } = record;
  if (comment.kind !== 'posted') return record;
  for (let sent = rowsSent; sent <= rows.length; sent++) {
    if (sameText(renderComment(comment.head, rows.slice(0, sent)), body)) return { ...record, rowsSent: sent };
  }
  const told = parseJobTable(body).rows;
  const isTold = (row: Row) =>
    told.some(({ state, text }) => state === row.state && (!comesPerArtefact(row) || text === escapeCell(row.text)));
  return {
    ...record,
    comment: { ...comment, head: ownText(body) },
    phase: later(record.phase, phaseToldBy(body)),
    rows: rows.slice(rowsSent).filter((row) => !isTold(row)),
    rowsSent: 0,
  };
}

/** Below a table that an earlier version went on with in a further comment. */
const goesOn = /\n\nThe table goes on in a later comment\.$/;

/** GitHub may have changed the line ends, and what is blank at the end. */
function sameText(a: string, b: string): boolean {
  const plain = (text: string) => text.replaceAll('\r\n', '\n').trimEnd().replace(goesOn, '');
  return plain(a) === plain(b);
}

const phases: readonly JobPhase[] = ['submitted', 'released', 'running', 'finished'];

function later(a: JobPhase, b: JobPhase): JobPhase {
  return phases.indexOf(a) < phases.indexOf(b) ? b : a;
}
