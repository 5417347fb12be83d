import type { DaemonKind } from '../daemon/lease-file.ts';
import type { DaemonFacts } from '../daemon/read-daemon.ts';
import { type TroubleKind, tellTrouble } from '../daemon/troubles.ts';
import { type SiteState, troublesOf } from './site-state.ts';

/** Something that goes wrong. Times are ISO 8601. */
export interface Failing {
  readonly daemon: DaemonKind;
  /** `life`: it does not run. */
  readonly kind: TroubleKind | 'life';
  /** How often in a row. */
  readonly count: number;
  readonly since: string;
  readonly last: string;
  /** A sentence. */
  readonly what: string;
}

/** How it is, for whoever watches. */
export interface Health {
  readonly ok: boolean;
  /** Why nothing can be stored, or read. */
  readonly storage: string | null;
  readonly configurationProblems: readonly string[];
  readonly failing: readonly Failing[];
}

/** What goes wrong, as the daemon that `asks` sees it: the other one may be missed. */
export function findFailing(state: Pick<SiteState, 'daemons'> & Parameters<typeof troublesOf>[0], asks: DaemonKind) {
  const other = asks === 'job manager' ? 'event handler' : 'job manager';
  const life = state.daemons[other];
  const troubles = troublesOf(state).map(({ daemon, ...trouble }): Failing => {
    const { kind, count, since, last } = trouble;
    return { daemon, kind, count, since, last, what: tellTrouble(trouble) };
  });
  return [...troubles, ...(life?.isMissed ? [tellMissed(other, life)] : [])];
}

function tellMissed(daemon: DaemonKind, { state, lastSign }: DaemonFacts): Failing {
  const how = state === 'ended' ? 'ended' : 'died, or its machine is gone';
  const what = `the ${daemon} ${how}, and none has taken its place: last sign at ${lastSign}; start it`;
  return { daemon, kind: 'life', count: 1, since: lastSign, last: lastSign, what };
}

/** The same in words: `ok`, or what is wrong, a line each. */
export function tellHealth({ ok, storage, configurationProblems, failing }: Health): string {
  if (ok) return 'ok';
  return [
    'not ok:',
    ...(storage === null ? [] : [`- storage: ${storage}`]),
    ...configurationProblems.map((problem) => `- configuration: an edited file is not in force: ${problem}`),
    ...failing.map(({ daemon, kind, what }) => `- ${daemon}, ${kind}: ${what}`),
  ].join('\n');
}

/** What is answered to whoever asks over HTTP. */
export function answerHealth(health: Health, how: 'json' | 'words') {
  const status = health.ok ? 200 : 503;
  if (how === 'words') return { status, text: tellHealth(health) };
  return { status, text: JSON.stringify(health, null, 2), headers: { 'content-type': 'application/json' } };
}

/** By the header Accept. */
export const isJsonWanted = (accept: string | undefined) => /\bjson\b/i.test(accept ?? '');
