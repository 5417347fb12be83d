import type { CallOutcome, TroubleVerdict } from '../../daemon/troubles.ts';
import { wordsOf } from '../../words-of.ts';
import { isDiskTrouble } from '../files/disk-trouble.ts';
import type { GitFailure } from './git.ts';

/** The pull request's own fault: it is gone, or has an object that git refuses. */
const ofPullRequest = /^fatal: (?:[Cc]ouldn't find remote ref refs\/pull\/|fsck error in pack|Error in object)/m;

/** Whether repositories can be fetched. A fault of the pull request, such as a conflict, says nothing. */
export function judgeGit({ method, ...outcome }: CallOutcome): TroubleVerdict | undefined {
  if (method !== 'fetchMirror' && method !== 'clone') return undefined;
  if (outcome.kind === 'failed') {
    const { error } = outcome;
    if (isDiskTrouble(error)) return undefined;
    return { kind: 'clone', words: wordsOf(error) };
  }
  const answer = outcome.answer as { readonly kind: string } | GitFailure;
  if (!('step' in answer)) return { kind: 'clone' };
  if (method === 'fetchMirror' && ofPullRequest.test(answer.message)) return undefined;
  return answer.step === 'clone' ? { kind: 'clone', words: answer.message } : undefined;
}
