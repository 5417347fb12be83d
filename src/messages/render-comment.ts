import { type Row, recordName } from '../jobs/job-record.ts';
import type { Markdown } from '../outside/forge/forge.ts';
import { asComment, cutMarkdown, fitsInComment, lengthInComment, maxCommentLength } from './comment.ts';
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

/** At least this much of each text is shown: its first words say how the job went. */
const shortestText = 200;

/**
 * The comment of a job: its head and its rows. If it is too long for GitHub, the longest texts are cut; then the last rows of artefacts are
 * counted instead of shown; then the remaining texts and the head are cut. Rows of other states are always shown. `below`: the text below the
 * table; `uploading`: the progress of an upload; both are left out if they do not fit.
 */
export function renderComment(head: Markdown, rows: readonly Row[], below?: Markdown, uploading?: Markdown): Markdown {
  const notes = [uploading, below].filter((note) => note !== undefined);
  if (notes.length > 0) {
    const whole = [head, ...rows.map((row) => renderRow(row)), ...notes.flatMap((note) => ['', note])].join('\n');
    if (fitsInComment(whole)) return asComment(whole);
  }
  const lines = rowsThatFit(head, rows).map(rowOf);
  const render = (limit: number): string => [head, ...lines.map((line) => line(limit))].join('\n');
  const limit = longestLimit(render);
  const tooMuch = lengthInComment(render(limit)) - maxCommentLength;
  const shown = cutMarkdown(head, tooMuch > 0 ? Math.max(0, head.length - tooMuch) : head.length);
  return asComment([shown, ...lines.map((line) => line(limit))].join('\n'));
}

/** All rows; or only those of the first artefacts, and a row per state that counts the others. */
function rowsThatFit(head: Markdown, rows: readonly Row[]): readonly Row[] {
  const artefacts = rows.filter(comesPerArtefact);
  const showing = (count: number): readonly Row[] => {
    const left = new Set(artefacts.slice(count));
    const counted = Map.groupBy(left, ({ state }) => state);
    return [...rows.filter((row) => !left.has(row)), ...[...counted.values()].flatMap(countRow)];
  };
  const fits = (shown: readonly Row[]) =>
    fitsInComment([head, ...shown.map((row) => renderRow(row, shortestText))].join('\n'));
  if (artefacts.length === 0 || fits(rows)) return rows;
  return showing(greatest(artefacts.length, (count) => fits(showing(count))));
}

/** Whether there may be hundreds of rows of this state; other states have one row each. */
export const comesPerArtefact = ({ state }: Pick<Row, 'state'>) => state === 'uploaded' || state === 'not uploaded';

function countRow(rows: readonly Row[]): readonly Row[] {
  const last = rows.at(-1);
  const text = `${rows.length} more, see \`${recordName}\` in the job's directory` as Markdown;
  return last === undefined ? [] : [{ ...last, text }];
}

/** The greatest length of a single text at which all of them fit. */
export function longestLimit(render: (maxTextLength: number) => string): number {
  const fits = (limit: number): boolean => fitsInComment(render(limit));
  if (fits(Number.POSITIVE_INFINITY)) return Number.POSITIVE_INFINITY;
  return greatest(maxCommentLength, fits);
}

/** The greatest number below `tooMany` that fits; 0 where none does. */
function greatest(tooMany: number, fits: (number: number) => boolean): number {
  let [fitting, not] = [0, tooMany];
  while (not - fitting > 1) {
    const middle = Math.floor((fitting + not) / 2);
    if (fits(middle)) fitting = middle;
    else not = middle;
  }
  return fitting;
}
