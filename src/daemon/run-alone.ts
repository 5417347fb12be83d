import process from 'node:process';
import { checkBeforeWrites } from '../outside/files/check-before-writes.ts';
import { isAllSynced } from '../outside/files/sync-directory.ts';
import { collectWhenIdle } from './collect-when-idle.ts';
import type { DaemonKind } from './daemon-kinds.ts';
import { eachCall } from './each-call.ts';
import { type Lease, takeLease } from './lease.ts';
import type { Logger } from './logger.ts';
import { checkPlaces, missingPlaces, notePlaces, type Places, syncPlaces } from './places.ts';
import { noServiceManager, type ServiceManager } from './service-manager.ts';
import { noteStateFormat, refuseNewerState } from './state-format.ts';
import { refuse, say } from './terminal.ts';

interface Alone {
  readonly stateDir: string;
  /** Its directories, the state directory among them. */
  readonly places: Places;
  readonly kind: DaemonKind;
  /** Wait while another one runs. */
  readonly standby: boolean;
  /** How programs are run. */
  readonly programs: Omit<Parameters<typeof syncPlaces>[1], 'log'>;
  readonly stop: AbortSignal;
  readonly log: Logger;
  /** Gives the exit code if another one runs already and this one does not wait; `why`: which one. Absent: an error. */
  readonly whenHeld?: (why: string) => number;
  readonly manager?: ServiceManager;
}

/** Wraps functions: each first checks that this daemon still holds the lease. */
export type OnlyWhileOurs = <T extends object>(outside: T) => T;

/**
 * Runs `work` as the only daemon of its kind. Each durable write, and each call of a function wrapped by `onlyWhileOurs`, first checks that
 * the lease is still ours and the file systems are mounted. If not, the process exits at once, as if killed: the next one goes on from the
 * disk.
 */
export async function runAlone(
  { stateDir, places, kind, standby, programs, stop, log, whenHeld, manager = noServiceManager }: Alone,
  work: (onlyWhileOurs: OnlyWhileOurs, lease: Pick<Lease, 'number'>) => Promise<number>,
): Promise<number> {
  const tell = (sentence: string) => {
    say(sentence);
    log.info(sentence);
  };
  const unusable = await refuseDirectories(stateDir, places);
  if (unusable !== undefined) return unusable;
  const waiting = manager.loop('standby');
  const wait = (sentence: string) => {
    tell(sentence);
    waiting.waits(Number.POSITIVE_INFINITY);
    manager.works(sentence);
  };
  const taken = await takeLease(stateDir, kind, standby ? { stop, say: wait } : undefined);
  waiting.ended();
  if (taken.kind === 'held') return whenHeld?.(taken.why) ?? refuse(taken.message);
  if (taken.kind === 'stopped') return 0;
  const { lease } = taken;
  const unusableNow = await refuseDirectories(stateDir, places); // it may have waited for long
  if (unusableNow !== undefined) {
    await lease.release();
    return unusableNow;
  }
  lease.lost.addEventListener('abort', () => {
    const { message } = lease.lost.reason as Error;
    log.fatal(message);
    process.exit(refuse(message));
  });
  checkBeforeWrites(lease.check);
  await notePlaces(places, process.cwd());
  await noteStateFormat(stateDir);
  if (lease.afterDeath) await syncPlaces(places, { ...programs, log });
  const check = async () => {
    await Promise.all([lease.check(), checkPlaces(places)]);
  };
  checkBeforeWrites(check);
  collectWhenIdle(stop);
  if (standby) tell(`The ${kind} takes over (number ${lease.number})`);
  try {
    return await work((outside) => checkedFirst(outside, check), lease);
  } finally {
    // Otherwise the next daemon must treat this one as dead, and sync what it wrote.
    if (isAllSynced())
      await lease.release().catch((err: unknown) => log.warn({ err }, 'the lease could not be released: it expires'));
  }
}

/** Wraps each method: it first runs `check`. */
export function checkedFirst<T extends object>(outside: T, check: () => Promise<void>): T {
  return eachCall(outside, async (call) => {
    await check();
    return await call();
  });
}

/** The exit code if a directory is away, or was written by a newer version; undefined: all can be used. */
async function refuseDirectories(stateDir: string, places: Places): Promise<number | undefined> {
  const away = await missingPlaces(places, process.cwd());
  if (away.length > 0) return refuse(away.join('\n'));
  const newer = await refuseNewerState(stateDir);
  return newer === undefined ? undefined : refuse(newer, 2);
}
