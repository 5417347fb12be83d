import type { JobPhase } from '../jobs/job-record.ts';

/** How far a job has come by the table in its comment. */
export function phaseToldBy(comment: string): JobPhase {
  const states = comment.split(/\r?\n/).flatMap((line) => /^\|[^|]*\|([^|]*)\|/.exec(line)?.[1]?.trim() ?? []);
  if (states.includes('finished')) return 'finished';
  if (states.includes('running')) return 'running';
  return states.includes('released') || states.includes('received') ? 'released' : 'submitted';
}
