import type { Comment } from '../../src/outside/forge/forge.ts';

/** A row of a job's table, as people read it. */
export interface ShownRow {
  readonly line: string;
  readonly state: string;
}

/** The rows below the head of a job's comment. */
export function rowsOf(body: string): ShownRow[] {
  const lines = body.split('\n');
  const head = lines.findIndex((line) => line.startsWith('|-'));
  return lines.slice(head + 1).flatMap((line) => {
    const state = line.split('|')[2];
    return state === undefined ? [] : [{ line, state: isCancelRow(line) ? 'was cancelled' : state }];
  });
}

/** Of a job whose end is still to come. */
const isCancelRow = (line: string) => line.includes('|finished|job id ');

/** How many rows of a state its table has: some of artefacts may be counted only. */
export function countOf(rows: readonly ShownRow[], state: string): number {
  return rows.filter((row) => row.state === state).reduce((sum, row) => sum + (countedBy(row) ?? 1), 0);
}

/** For how many rows one stands that says so. */
export function countedBy({ line }: ShownRow): number | undefined {
  const count = /\|(\d+) more, see `_bot_job\.json`/.exec(line)?.[1];
  return count === undefined ? undefined : Number(count);
}

/** The comment of a job; undefined where there is none. */
export function commentOf(comments: readonly Comment[], job: string): Comment | undefined {
  return comments.find(({ author, body }) => author.isBot && rowsOf(body).length > 0 && jobOf(body) === job);
}

/** The Slurm id of the job that a comment announces: a status has the text of such a row, not the row. */
export function jobOf(body: string): string | undefined {
  return /^\|[^|]*\|submitted\|.*job id `(\d+)`/m.exec(body)?.[1];
}

/** Of a summary, the command that it is of. */
export function summaryOf(body: string): string | undefined {
  return /^<!-- summary (\S+)\.json -->$/m.exec(body)?.[1];
}

/** What a summary shows: the states of its jobs. */
export function summarizedStates(body: string): ReadonlyMap<string, string> {
  const rows = body.split('\n').flatMap((line) => {
    const [, , state = '', , job = ''] = line.split('|');
    const [, id] = /`(\d+)`/.exec(job) ?? [];
    return id === undefined ? [] : [[id, state] as const];
  });
  return new Map(rows);
}

/** Whether a comment shows what a deployment would do. */
export const isPreview = (body: string) =>
  /^Instance `bot-a` (would upload|has no job of this pull request)/.test(body);

/** Whether a comment answers commands. */
export function isResponse(body: string): boolean {
  return body.startsWith('Answer of bot-a:');
}

/** Whether two lines are the same row, of which either may be cut. */
export function isSameRow(one: ShownRow, other: ShownRow): boolean {
  const [line, otherLine] = [withoutEnd(one.line), withoutEnd(other.line)];
  return line.startsWith(otherLine) || otherLine.startsWith(line);
}

const withoutEnd = (line: string) => line.replace(/(?:…`*)?\|$/, '');
