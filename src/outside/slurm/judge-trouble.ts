import type { CallOutcome, TroubleVerdict } from '../../daemon/troubles.ts';
import type { QueueReading, Submission, SubmissionAnswer } from './slurm.ts';

/** Whether Slurm accepts and shows jobs. A refusal of a pull request's options says nothing about that. */
export function judgeSlurm({ method, given = [], ...outcome }: CallOutcome): TroubleVerdict | undefined {
  if (outcome.kind === 'failed') return undefined; // Slurm's answers are not errors; an error is the daemon's own
  if (method === 'readQueue') {
    const reading = outcome.answer as QueueReading;
    return reading.kind === 'queue' ? { kind: 'queue' } : { kind: 'queue', words: reading.why };
  }
  if (method !== 'submit') return undefined;
  const answer = outcome.answer as SubmissionAnswer;
  const [submission] = given as readonly Submission[];
  if (answer.kind === 'refused' && submission?.chosenByPullRequest) return undefined;
  return answer.kind === 'submitted' ? { kind: 'submission' } : { kind: 'submission', words: answer.message };
}
