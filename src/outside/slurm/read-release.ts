import type { ProgramResult } from '../processes/run-program.ts';
import { complaint } from './read-listing.ts';
import type { ReleaseAnswer } from './slurm.ts';

/** The answer of `scontrol release ID`. It exits 0 for a job that is not held. An ended job (cancelled while held) is not held either. */
export function readRelease(result: ProgramResult): ReleaseAnswer {
  if (result.kind === 'exited' && (result.code === 0 || result.stderr.includes('Job has already finished')))
    return { kind: 'released' };
  return { kind: 'failed', message: complaint('scontrol', result) };
}
