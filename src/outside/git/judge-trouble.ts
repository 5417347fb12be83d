import type { CallOutcome, Verdict } from '../../daemon/troubles.ts';
import { wordsOf } from '../../words-of.ts';
import { isDiskTrouble } from '../files/disk-trouble.ts';
import type { GitFailure } from './git.ts';

/** What a pull request alone can bring about: it is not there any more, or holds an object that git does not take. */
const ofPullRequest = /^fatal: (?:[Cc]ouldn't find remote ref refs\/pull\/|fsck error in pack|Error in object)/m;

/** Whether repositories can be had. What a pull request itself is to blame for, such as a conflict, says nothing. */
export function judgeGit({ method, ...outcome }: CallOutcome): Verdict | undefined {
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
