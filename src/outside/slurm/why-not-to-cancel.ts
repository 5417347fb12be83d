import type { AskedJob, CancelAnswer, JobId, JobReading } from './slurm.ts';

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

/** How Slurm is asked for a job. `submission`: as its record tells; undefined: it is not known on which cluster it is. */
export function addressOf(
  { id, directory }: { readonly id: JobId; readonly directory: string },
  submission: { readonly kind: string; readonly cluster?: string } | undefined,
): AskedJob {
  return { id, directory, cluster: submission?.cluster ?? '', partition: '', state: '', reason: '' };
}
