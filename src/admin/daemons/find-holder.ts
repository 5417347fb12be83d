import { hostname } from 'node:os';
import { judgeLease, locksDirectory, lookAtProcess, readLease } from '../../daemon/lease-file.ts';
import type { DaemonName } from './daemon-names.ts';
import { daemons } from './daemon-names.ts';
import { isInTheWay } from './is-in-the-way.ts';
import { type Unit, unitOfProcess } from './unit-of-process.ts';

/** Whether a daemon runs, by the lease of the state directory, not by a process name. */
export type Holding =
  | { readonly kind: 'none' }
  /** `unit`: systemd has started it, and starts it again. */
  | { readonly kind: 'here'; readonly pid: number; readonly since: string; readonly unit?: Unit }
  | { readonly kind: 'elsewhere'; readonly pid: number; readonly host: string; readonly since: string }
  /** No daemon, so it must not be stopped: it has the lease in the daemon's place until its end. */
  | { readonly kind: 'reseal'; readonly pid: number; readonly host: string }
  /** Its lease is renewed, and cannot be read. */
  | { readonly kind: 'unknown'; readonly path: string };

/** Finds the daemon that holds the lease now. */
export async function findHolder(stateDir: string, name: DaemonName, now = Date.now()): Promise<Holding> {
  if (await isInTheWay(stateDir)) return { kind: 'none' };
  const lease = await readLease(locksDirectory(stateDir), daemons[name].kind);
  if (lease === undefined) return { kind: 'none' };
  const { holder, path, renewedMilliseconds } = lease;
  const onThisMachine = holder && (await lookAtProcess(holder));
  // A process that lives and is silent, stopped for instance, is there all the same.
  const isHere = onThisMachine === 'lives' && holder?.released === undefined;
  if (!isHere && judgeLease(holder, onThisMachine, now - renewedMilliseconds) === 'free') return { kind: 'none' };
  if (holder === undefined) return { kind: 'unknown', path };
  const { pid, host, since, by } = holder;
  if (by !== undefined) return { kind: by, pid, host };
  if (host !== hostname()) return { kind: 'elsewhere', pid, host, since };
  const unit = await unitOfProcess(pid);
  return { kind: 'here', pid, since, ...(unit && { unit }) };
}
