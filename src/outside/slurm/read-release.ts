import type { ProgramResult } from '../processes/run-program.ts';
import { complaint } from './read-listing.ts';
import type { JobId, ReleaseAnswer } from './slurm.ts';

/** The answer of `scontrol release ID`. It exits 0 for a job that is not held. An ended job (cancelled while held) is not held either. */
export function readRelease(result: ProgramResult): ReleaseAnswer {
  if (result.kind === 'exited' && (result.code === 0 || result.stderr.includes('Job has already finished')))
    return { kind: 'released' };
  return { kind: 'failed', message: complaint('scontrol', result) };
}

/**
 * The answer of `scontrol release ID,ID,…`. After a job that fails scontrol goes on with the others; its exit status is 1 then, and it says
 * `REASON for job ID`. Those that it does not name may be released: they are left out, and to be asked for again.
 */
export function readReleases(result: ProgramResult, ids: readonly JobId[]): ReadonlyMap<JobId, ReleaseAnswer> {
  const isAboutAll = ids.length === 1 || result.kind !== 'exited' || result.code === 0;
  if (isAboutAll) return new Map(ids.map((id) => [id, readRelease(result)]));
  const lines = new Map([...result.stderr.matchAll(/^.* for job (\d+)$/gm)].map(([line, id]) => [id, line]));
  return new Map(
    ids.flatMap((id) => {
      const stderr = lines.get(id);
      return stderr === undefined ? [] : [[id, readRelease({ ...result, stderr })]];
    }),
  );
}
