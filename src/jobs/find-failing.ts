import type { DaemonKind } from '../daemon/daemon-kinds.ts';
import type { DaemonFacts } from '../daemon/read-daemon.ts';
import { type Trouble, type TroubleKind, tellTrouble } from '../daemon/troubles.ts';
import { type SiteState, troublesOf } from './site-state.ts';

/** Something that goes wrong. Times are ISO 8601. */
export interface Failing {
  readonly daemon: DaemonKind;
  /** `life`: the daemon does not run, or is stuck. `comparison`: GitHub's list with the inbox. */
  readonly kind: TroubleKind | 'life' | 'comparison';
  /** How often in a row. */
  readonly count: number;
  readonly since: string;
  readonly last: string;
  /** A sentence. */
  readonly what: string;
}

type Reported = Pick<SiteState, 'daemons' | 'eventHandler' | 'jobManager'>;

/** The time of judging, by the clock of the reports, and the job manager's interval. */
interface JudgedAt {
  readonly now: Date;
  readonly pollIntervalSeconds: number;
}

/** A running daemon reports once a minute or interval: it is stuck after this many intervals, but not before this time. */
const [stuckIntervals, stuckMilliseconds] = [10, 600_000];
/** A comparison may fail now and then: only a longer failure counts. */
const lastingMilliseconds = 900_000;

/** What is failing, as the daemon that `asks` sees it: its own troubles as of now, the rest from the reports; the other daemon may be missing. */
export function findFailing(state: Reported, asks: DaemonKind, own: readonly Trouble[], at: JudgedAt): Failing[] {
  const [mine, other] =
    asks === 'job manager' ? (['jobManager', 'event handler'] as const) : (['eventHandler', 'job manager'] as const);
  const life = state.daemons[other];
  const troubles = troublesOf({ ...state, [mine]: { failing: own } }).map(({ daemon, ...trouble }): Failing => {
    const { kind, count, since, last } = trouble;
    return { daemon, kind, count, since, last, what: tellTrouble(trouble) };
  });
  return [
    ...troubles,
    ...(life?.isMissed ? [tellMissed(other, life)] : []),
    ...findStuck(state, at),
    ...findLastingFailure(state, at),
  ];
}

function tellMissed(daemon: DaemonKind, { state, lastSign }: DaemonFacts): Failing {
  const how = state === 'ended' ? 'ended' : 'died, or its machine is gone';
  return once(
    daemon,
    'life',
    lastSign,
    `the ${daemon} ${how}, and none has taken its place: last sign at ${lastSign}; start it`,
  );
}

/** Daemons that run, by their lease, but do not work: no report, or the queue is not read. */
export function findStuck({ daemons, eventHandler, jobManager }: Reported, at: JudgedAt): Failing[] {
  const limit = Math.max(stuckMilliseconds, stuckIntervals * at.pollIntervalSeconds * 1000);
  const isLate = (daemon: DaemonKind, since: string | undefined): since is string => {
    const { state, holder } = daemons[daemon] ?? {};
    // A report of an earlier process says nothing about this one.
    return (
      state === 'runs' && [since, holder?.since ?? since].every((time) => time !== undefined && isOld(time, limit, at))
    );
  };
  const silent = (daemon: DaemonKind, since: string | undefined) =>
    isLate(daemon, since)
      ? [
          once(
            daemon,
            'life',
            since,
            `the ${daemon} runs, and has reported nothing since ${since}: its log tells why; can it write in state_dir (df -h, df -i, quota)?`,
          ),
        ]
      : [];
  const queueSince = jobManager?.queueReadAt ?? jobManager?.at;
  const queue = `the queue was last read at ${jobManager?.queueReadAt ?? 'no time'}: the job manager's log tells why`;
  return [
    ...silent('event handler', eventHandler?.at),
    ...silent('job manager', jobManager?.at),
    ...(isLate('job manager', queueSince) ? [once('job manager', 'queue', queueSince, queue)] : []),
  ];
}

function findLastingFailure({ daemons, eventHandler }: Reported, at: JudgedAt): Failing[] {
  const { failure, failingSince } = eventHandler ?? {};
  if (daemons['event handler']?.state !== 'runs' || !failure || !failingSince) return [];
  if (!isOld(failingSince, lastingMilliseconds, at)) return [];
  const what = `no comparison with GitHub's list has come to its end since ${failingSince}: ${failure}`;
  return [once('event handler', 'comparison', failingSince, what)];
}

const isOld = (since: string, limit: number, { now }: JudgedAt) => now.getTime() - Date.parse(since) > limit;

const once = (daemon: DaemonKind, kind: Failing['kind'], since: string, what: string): Failing => ({
  daemon,
  kind,
  count: 1,
  since,
  last: since,
  what,
});
