import type { JobPhase } from '../../../jobs/job-record.ts';
import { cancelledIn } from '../../../jobs/told-by-rows.ts';
import { parseJobTable } from '../../../messages/job-table.ts';

/** The phase of a job, by the table in its comment. */
export function phaseToldBy(comment: string): JobPhase {
  const states = new Set(parseJobTable(comment).rows.flatMap((row) => (cancelledIn(row) ? [] : [row.state])));
  if (states.has('finished')) return 'finished';
  if (states.has('running')) return 'running';
  return states.has('released') || states.has('received') ? 'released' : 'submitted';
}
