import type { JobPhase } from '../jobs/job-record.ts';

/** A row of the table in a job's comment, as it stands. */
interface ToldRow {
  readonly state: string;
  readonly text: string;
}

/** The rows that a job's comment shows, whichever bot wrote them. */
export function rowsToldBy(comment: string): ToldRow[] {
  return comment.split(/\r?\n/).flatMap((line) => {
    const [, state, text] = /^\|[^|]*\|([^|]*)\|(.*?)\|?$/.exec(line.trimEnd()) ?? [];
    return state === undefined || text === undefined ? [] : [{ state: state.trim(), text: text.trim() }];
  });
}

/** How far a job has come by the table in its comment. */
export function phaseToldBy(comment: string): JobPhase {
  const states = rowsToldBy(comment).map(({ state }) => state);
  if (states.includes('finished')) return 'finished';
  if (states.includes('running')) return 'running';
  return states.includes('released') || states.includes('received') ? 'released' : 'submitted';
}
