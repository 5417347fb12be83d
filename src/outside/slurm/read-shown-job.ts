import type { ProgramResult } from '../processes/run-program.ts';
import { parseScontrolJob } from './parse-scontrol-job.ts';
import type { PrintedReading } from './printed-reading.ts';
import { readListing } from './read-listing.ts';
import type { JobId } from './slurm.ts';

/** The answer of `scontrol --oneliner show jobid ID`. */
export function readShownJob(result: ProgramResult, id: JobId): PrintedReading {
  if (result.kind === 'exited' && result.code !== 0 && saysUnknown(result, id)) return { kind: 'unknown' };
  const said = readListing('scontrol', result);
  return said.kind === 'unreadable' ? said : parseScontrolJob(said.text, id);
}

/** The second is on stdout: the controller answered with no job at all. */
function saysUnknown({ stdout, stderr }: { stdout: string; stderr: string }, id: JobId): boolean {
  return stderr.includes('Invalid job id specified') || stdout.trim() === `Job ${id} not found`;
}
