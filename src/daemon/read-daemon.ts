import { machineClock } from './clock.ts';
import type { DaemonKind } from './daemon-kinds.ts';
import {
  type FoundLease,
  type Holder,
  judgeFound,
  locksDirectory,
  readLease,
  silentMilliseconds,
} from './lease-file.ts';

/** The last daemon of a kind. */
export interface DaemonFacts {
  readonly state: 'runs' | 'ended' | 'died';
  /** It has ended, and `holder.by` is at work in its place. */
  readonly isReplaced?: true;
  /** It is gone longer than a restart takes: a standby would have taken over. */
  readonly isMissed: boolean;
  /** The fencing number. */
  readonly number: number;
  /** Absent if the lease cannot be read. */
  readonly holder?: Pick<Holder, 'host' | 'pid' | 'since' | 'by'>;
  /** When it last renewed its lease, ISO 8601. */
  readonly lastSign: string;
}

/** A daemon on any machine, by its lease; undefined if none ever ran with this state directory. */
export async function readDaemon(stateDir: string, kind: DaemonKind, now: Date): Promise<DaemonFacts | undefined> {
  const lease = await readLease(locksDirectory(stateDir), kind);
  if (lease === undefined) return undefined;
  const { number, holder, renewedMilliseconds } = lease;
  const life = await lifeOf(lease, now);
  const isMissed = life.state !== 'runs' && now.getTime() - renewedMilliseconds > silentMilliseconds;
  const said = holder && {
    ...{ host: holder.host, pid: holder.pid, since: holder.since },
    ...(holder.by && { by: holder.by }),
  };
  const lastSign = new Date(renewedMilliseconds).toISOString();
  return { ...life, isMissed, number, ...(said && { holder: said }), lastSign };
}

/** The time by the file server's clock, as leases have it: that of our own lease, renewed just now. */
export async function timeOfLeases(stateDir: string, own: DaemonKind): Promise<Date> {
  const lease = await readLease(locksDirectory(stateDir), own);
  return lease ? new Date(lease.renewedMilliseconds) : machineClock.now();
}

async function lifeOf(lease: FoundLease, now: Date): Promise<Pick<DaemonFacts, 'state' | 'isReplaced'>> {
  if (lease.holder?.released !== undefined) return { state: 'ended' };
  if ((await judgeFound(lease, now.getTime())) === 'free') return { state: 'died' };
  return lease.holder?.by === undefined ? { state: 'runs' } : { state: 'ended', isReplaced: true };
}
