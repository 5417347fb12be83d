import type { Outcome, Verdict } from '../../daemon/troubles.ts';
import type { QueueReading, SubmissionAnswer } from './slurm.ts';

/** Whether Slurm takes jobs and shows them. */
export function judgeSlurm({ method, ...outcome }: Outcome): Verdict | undefined {
  if (outcome.kind === 'failed') return undefined; // answers are what Slurm says; an error is the daemon's own
  if (method === 'readQueue') {
    const reading = outcome.answer as QueueReading;
    return reading.kind === 'queue' ? { kind: 'queue' } : { kind: 'queue', words: reading.why };
  }
  if (method !== 'submit') return undefined;
  const answer = outcome.answer as SubmissionAnswer;
  return answer.kind === 'submitted' ? { kind: 'submission' } : { kind: 'submission', words: answer.message };
}
