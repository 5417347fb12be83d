import type { Comment } from '../../src/outside/github/github.ts';

/** Something that must never be, was. */
export class Violation extends Error {
  override name = 'Violation';
}

/** A row of a job's table, as people read it. */
export interface ShownRow {
  readonly line: string;
  readonly state: string;
}

const onceOnly = new Set(['submitted', 'released', 'received', 'running', 'finished', 'test result']);

/** The rows below the head of a job's comment. */
export function rowsOf(body: string): ShownRow[] {
  const lines = body.split('\n');
  const head = lines.findIndex((line) => line.startsWith('|-'));
  return lines.slice(head + 1).flatMap((line) => {
    const state = line.split('|')[2];
    return state === undefined ? [] : [{ line, state }];
  });
}

/** The Slurm id of the job that a comment announces. */
export function jobOf(body: string): string | undefined {
  return /job id `(\d+)`/.exec(body)?.[1];
}

/** One row per state, and no row that was said is taken back. */
export function checkRows({ body }: Pick<Comment, 'body'>, before: string): void {
  const states = rowsOf(body).map(({ state }) => state);
  const twice = states.find((state, index) => onceOnly.has(state) && states.indexOf(state) !== index);
  if (twice !== undefined) throw new Violation(`two rows say \`${twice}\`:\n${body}`);
  const lines = rowsOf(body).map(({ line }) => line);
  const gone = rowsOf(before).find(({ line }) => !lines.includes(line));
  if (gone !== undefined) throw new Violation(`a row was taken back: ${gone.line}\nNow:\n${body}`);
}
