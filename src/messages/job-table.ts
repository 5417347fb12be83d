import { rowStates } from '../jobs/job-record.ts';
import { buildsCommit } from './first-comment.ts';

// Parses the comment of a job, of any bot.

/** A comment that may be a job's. */
interface JobTable {
  /** The lines above the table; none where there is no table. */
  readonly above: readonly string[];
  readonly rows: readonly ToldRow[];
}

/** A row, unchanged. */
export interface ToldRow {
  readonly date: string;
  readonly state: string;
  readonly text: string;
}

/** Without the header of a job's table, each line that begins with a bar counts as a row. */
export function parseJobTable(comment: string): JobTable {
  const lines = comment.split(/\r?\n/);
  const header = lines.findIndex((line) => /^\|\s*date\s*\|\s*job status\s*\|\s*comment\s*\|\s*$/.test(line));
  return header < 0
    ? { above: [], rows: parseRows(lines) }
    : { above: lines.slice(0, header), rows: parseRows(lines.slice(header + 2)) };
}

/** The text of the first row, with which the job was submitted. */
export const submittedText = (rows: readonly ToldRow[]) => rows.find(({ state }) => state === 'submitted')?.text;

/** The job's id, as the first row has it: in the usual words, or as the only number in a site's own. */
export function jobIdOf(rows: readonly ToldRow[]): string | undefined {
  const [text = ''] = submittedText(rows)?.split(buildsCommit) ?? [];
  return /job id `?(\d+)/.exec(text)?.[1] ?? /`(\d+)`/.exec(text)?.[1];
}

const startsRow = new RegExp(
  `^\\|(?:[A-Z][a-z]{2} \\d\\d [\\d:]{8} [^|]*|[^|]*\\|\\s*(?:${rowStates.join('|')})\\s*)\\|`,
);
/** Characters kept of a row of many lines. */
const longestJoined = 20_000;

/** Whole rows: a text with line ends (Python wrote them) continues until a line ends with a bar. */
function parseRows(lines: readonly string[]): readonly ToldRow[] {
  const whole: string[] = [];
  let open: string | undefined;
  for (const line of lines) {
    if (startsRow.test(line) || (open === undefined && line.startsWith('|'))) {
      if (open !== undefined) whole.push(open);
      open = line;
    } else if (open !== undefined && open.length < longestJoined) open += ` ${line}`;
    if (open === undefined || !line.trimEnd().endsWith('|')) continue;
    whole.push(open);
    open = undefined;
  }
  return [...whole, ...(open === undefined ? [] : [open])].flatMap(parseRow);
}

function parseRow(line: string): ToldRow[] {
  const [, date, state, ...text] = line.trimEnd().split('|');
  if (date === undefined || state === undefined || text.length === 0) return [];
  return [{ date: date.trim(), state: state.trim(), text: text.join('|').replace(/\|$/, '').trim() }];
}
