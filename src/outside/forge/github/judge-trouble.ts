import type { CallOutcome, TroubleKind, TroubleVerdict } from '../../../daemon/troubles.ts';
import { NeedsAdmin, NotPermitted, PerhapsGone, RefusedByForge, TryAgainLater, Unsure } from '../forge.ts';
import { adviceOn } from './advice-on.ts';

const asApp = new Set(['listDeliveries', 'readDelivery', 'readOwnLogin']);
/** Requests that need a permission of their own: if it is missing, all others may work. */
const ofOnePermission: Readonly<Record<string, TroubleKind>> = {
  createCheck: 'checks',
  updateCheck: 'checks',
  findCheck: 'checks',
  setCommitStatus: 'statuses',
};
/** Requests for things that exist as long as the App and the installation do. */
const ofOurs = new Set(['listDeliveries', 'readOwnLogin', 'readToken']);

/** Judges the App and the installation by GitHub's answer; something gone or refused says nothing about them. */
export function judgeTrouble({ method, ...outcome }: CallOutcome): TroubleVerdict | undefined {
  const kind = asApp.has(method) ? 'app' : (ofOnePermission[method] ?? 'installation');
  if (outcome.kind === 'answered') return outcome.answer === 'gone' ? undefined : { kind };
  const { error } = outcome;
  if (error instanceof PerhapsGone && !ofOurs.has(method)) return undefined;
  const isAboutUs = asApp.has(method) || method === 'readToken';
  const counts =
    error instanceof TryAgainLater || error instanceof Unsure || (isAboutUs && error instanceof RefusedByForge);
  return counts ? { kind, words: withAdvice(error, kind) } : undefined;
}

/** GitHub's words, and what to check if that is known. */
function withAdvice(error: Error, kind: TroubleKind): string {
  const permission = permissionFor[kind];
  if (error instanceof NotPermitted && permission !== undefined)
    return `${error.message}: ${permission}, read and write; the bot tries it again each hour, and when it is started`;
  const advice = error instanceof NeedsAdmin ? undefined : adviceOn(error.message); // that one says it already
  return advice === undefined ? error.message : `${error.message}; ${advice}`;
}

/** As GitHub names them. */
const permissionFor: Readonly<Partial<Record<TroubleKind, string>>> = {
  checks: 'Checks',
  statuses: 'Commit statuses',
};
