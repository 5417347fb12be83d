import type { CancelAnswer, JobReading } from './slurm.ts';

/** Why a job is not to be cancelled, by Slurm's answer; undefined: it waits or runs, or is ending. */
export function whyNotToCancel(reading: JobReading | undefined): CancelAnswer | undefined {
  switch (reading?.kind) {
    case undefined:
      return { kind: 'unavailable', message: 'Slurm says nothing of it' };
    case 'unreadable':
      return { kind: 'unavailable', message: reading.why };
    case 'unknown':
      return { kind: 'ended' };
    case 'job':
      return reading.is.kind === 'ended' ? { kind: 'ended', end: reading.is.end } : undefined;
  }
}
