import { type JobPhase, type JobRecord, jobPhases, type Row } from '../../../jobs/job-record.ts';
import { cancelledIn, toldByRows } from '../../../jobs/told-by-rows.ts';
import { escapeCell } from '../../../messages/escape-markdown.ts';
import { parseJobTable, type ToldRow } from '../../../messages/job-table.ts';
import { ownText } from '../../../messages/markdown.ts';
import { comesPerArtefact, renderComment } from '../../../messages/render-comment.ts';
import { isSameText } from '../../../outside/forge/say-once.ts';
import { phaseToldBy } from './phase-told-by.ts';

/**
 * Takes over the comment of a job that another bot may have changed: the site went back to it for a while. What the comment says is
 * kept; rows that it lacks are still sent.
 */
export function catchUp(record: JobRecord, body: string): JobRecord {
  const { comment, rows, rowsSent } = record;
  if (comment.kind !== 'posted') return record;
  for (let sent = rowsSent; sent <= rows.length; sent++) {
    const isShown = [undefined, record.below].some((below) =>
      [undefined, record.uploading?.text].some((uploading) =>
        isSameText(body.replace(goesOn, ''), renderComment(comment.head, rows.slice(0, sent), below, uploading)),
      ),
    );
    if (isShown) return { ...record, rowsSent: sent };
  }
  const told = parseJobTable(body).rows;
  const { below, ...rest } = record;
  const isEndTold = told.some(({ state }) => state === 'finished');
  const isTold = (row: Row) =>
    told.some(
      (each) =>
        each.state === row.state &&
        isCancelling(each) === isCancelling(row) &&
        (!comesPerArtefact(row) || each.text === escapeCell(row.text)),
    );
  return {
    ...toldByRows([], body),
    ...rest,
    ...(below !== undefined && !isEndTold && { below }),
    comment: { ...comment, head: ownText(body) },
    phase: later(record.phase, phaseToldBy(body)),
    rows: rows.slice(rowsSent).filter((row) => !isTold(row)),
    rowsSent: 0,
  };
}

const isCancelling = (row: ToldRow | Row) => cancelledIn(row) !== undefined;

/** An earlier version continued a long table in a further comment, and wrote this below the first. */
const goesOn = /\r?\n\r?\nThe table goes on in a later comment\.\s*$/;

function later(a: JobPhase, b: JobPhase): JobPhase {
  return jobPhases.indexOf(a) < jobPhases.indexOf(b) ? b : a;
}
