import type { ProgramResult } from '../processes/run-program.ts';
import { complaint } from './read-listing.ts';
import type { ReleaseAnswer } from './slurm.ts';

/** What `scontrol release ID` answered. One that was not held exits 0. One that has ended (cancelled while it was held, say) is held no more either. */
export function readRelease(result: ProgramResult): ReleaseAnswer {
  if (result.kind === 'exited' && (result.code === 0 || result.stderr.includes('Job has already finished')))
    return { kind: 'released' };
  return { kind: 'failed', message: complaint('scontrol', result) };
}
