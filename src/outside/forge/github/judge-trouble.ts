import type { CallOutcome, Verdict } from '../../../daemon/troubles.ts';
import { NeedsAdmin, PerhapsGone, RefusedByForge, TryAgainLater, Unsure } from '../forge.ts';
import { adviceOn } from './advice-on.ts';

const asApp = new Set(['listDeliveries', 'readDelivery', 'readOwnLogin']);
/** What exists as long as App and installation do. */
const ofOurs = new Set(['listDeliveries', 'readOwnLogin', 'readToken']);

/** What GitHub's answer says about App and installation: something gone or refused says nothing about them. */
export function judgeGitHub({ method, ...outcome }: CallOutcome): Verdict | undefined {
  const kind = asApp.has(method) ? 'app' : 'installation';
  if (outcome.kind === 'answered') return outcome.answer === 'gone' ? undefined : { kind };
  const { error } = outcome;
  if (error instanceof PerhapsGone && !ofOurs.has(method)) return undefined;
  const isAboutUs = asApp.has(method) || method === 'readToken';
  const counts =
    error instanceof TryAgainLater || error instanceof Unsure || (isAboutUs && error instanceof RefusedByForge);
  return counts ? { kind, words: withAdvice(error) } : undefined;
}

/** GitHub's words, and what to check if that is known. */
function withAdvice(error: Error): string {
  const advice = error instanceof NeedsAdmin ? undefined : adviceOn(error.message); // that one says it already
  return advice === undefined ? error.message : `${error.message}; ${advice}`;
}
