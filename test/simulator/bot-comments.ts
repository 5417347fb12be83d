import type { Comment } from '../../src/outside/github/github.ts';

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
    return state === undefined ? [] : [{ line, state }];
  });
}

/** The comments of a job's table, the first one first; none where there is no such table. */
export function tableOf(comments: readonly Comment[], job: string): Comment[] {
  const ofBot = comments.filter(({ author }) => author.isBot);
  const first = ofBot.find(({ body }) => rowsOf(body).length > 0 && jobOf(body) === job);
  if (first === undefined) return [];
  const partOf = ({ body }: Comment) => {
    const [, part, of, begins] =
      /^Part (\d+) of the table of job `(\d+)`, which begins in \[comment (\d+)\]/.exec(body) ?? [];
    return of === job && Number(begins) === first.id ? Number(part) : undefined;
  };
  const later = ofBot.filter((comment) => partOf(comment) !== undefined);
  return [first, ...later.sort((one, other) => (partOf(one) ?? 0) - (partOf(other) ?? 0))];
}

/** The Slurm id of the job that a comment announces: a status has the text of such a row, not the row. */
export function jobOf(body: string): string | undefined {
  return /^\|[^|]*\|submitted\|.*job id `(\d+)`/m.exec(body)?.[1];
}

/** Whether a comment answers commands. */
export function isResponse(body: string): boolean {
  return body.startsWith('Answer of bot-a:');
}

/** The Slurm id of the job whose table a comment begins or continues. */
export function jobOfTable(body: string): string | undefined {
  return jobOf(body) ?? /^Part \d+ of the table of job `(\d+)`/.exec(body)?.[1];
}

/** Whether two lines are the same row, of which either may be cut. */
export function isSameRow(one: ShownRow, other: ShownRow): boolean {
  const [line, otherLine] = [withoutEnd(one.line), withoutEnd(other.line)];
  return line.startsWith(otherLine) || otherLine.startsWith(line);
}

const withoutEnd = (line: string) => line.replace(/…?\|$/, '');
