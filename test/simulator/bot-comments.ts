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

/** The Slurm id of the job that a comment announces. */
export function jobOf(body: string): string | undefined {
  return /job id `(\d+)`/.exec(body)?.[1];
}

/** Whether a comment answers commands. */
export function isResponse(body: string): boolean {
  return body.startsWith('Answer of bot-a:');
}
