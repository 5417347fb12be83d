import type { Outcome, Verdict } from '../../daemon/troubles.ts';
import { isDiskTrouble } from '../files/disk-trouble.ts';
import type { GitFailure } from './git.ts';

/** Whether repositories can be had. What a pull request itself is to blame for, such as a conflict, says nothing. */
export function judgeGit({ method, ...outcome }: Outcome): Verdict | undefined {
  if (method !== 'fetchMirror' && method !== 'clone') return undefined;
  if (outcome.kind === 'failed') {
    const { error } = outcome;
    if (isDiskTrouble(error)) return undefined;
    return { kind: 'clone', words: error instanceof Error ? error.message : String(error) };
  }
  const answer = outcome.answer as { readonly kind: string } | GitFailure;
  if (!('step' in answer)) return { kind: 'clone' };
  return answer.step === 'clone' ? { kind: 'clone', words: answer.message } : undefined;
}
