import type { DaemonKind } from '../daemon/daemon-kinds.ts';
import { type DaemonFacts, readDaemon, timeOfLeases } from '../daemon/read-daemon.ts';
import type { Trouble } from '../daemon/troubles.ts';
import { type JobLink, readHandovers, readSubmitted } from './handovers.ts';
import { type EventHandlerReport, type JobManagerReport, readReport } from './reports.ts';
import { readSetAside, readWaiting, type SetAside } from './set-aside.ts';

/** The state of the bot, as both daemons left it on disk: the source for `/health`, the status page, `bot: ping` and `./bot.sh status`. */
export interface SiteState {
  /** Undefined: none has ever run with this state directory. */
  readonly daemons: Readonly<Record<DaemonKind, DaemonFacts | undefined>>;
  readonly eventHandler: (EventHandlerReport & { readonly at: string }) | undefined;
  readonly jobManager: (JobManagerReport & { readonly at: string }) | undefined;
  /** Names, oldest first. */
  readonly waiting: { readonly deliveries: readonly string[]; readonly orders: readonly string[] };
  readonly setAside: readonly SetAside[];
  /** Jobs that are handed over and not taken yet. */
  readonly handedOver: readonly JobLink[];
  readonly followed: readonly JobLink[];
}

/**
 * Reads the state, without files of jobs. `asks`: the daemon that asks, whose own lease tells the file server's time, by which leases are
 * judged; a process without a lease gives its own time.
 */
export async function readSiteState(stateDir: string, jobIdsDir: string, asks: DaemonKind | Date): Promise<SiteState> {
  const now = typeof asks === 'string' ? await timeOfLeases(stateDir, asks) : asks;
  return {
    daemons: {
      'event handler': await readDaemon(stateDir, 'event handler', now),
      'job manager': await readDaemon(stateDir, 'job manager', now),
    },
    eventHandler: await readReport(stateDir, 'event handler'),
    jobManager: await readReport(stateDir, 'job manager'),
    waiting: { deliveries: await readWaiting(stateDir, 'delivery'), orders: await readWaiting(stateDir, 'order') },
    setAside: await readSetAside(stateDir, jobIdsDir),
    handedOver: await readHandovers(stateDir),
    followed: await readSubmitted(jobIdsDir),
  };
}

/** The troubles of both daemons. */
export function troublesOf({
  eventHandler,
  jobManager,
}: {
  readonly eventHandler: { readonly failing: readonly Trouble[] } | undefined;
  readonly jobManager: { readonly failing: readonly Trouble[] } | undefined;
}): (Trouble & { readonly daemon: DaemonKind })[] {
  const of = (daemon: DaemonKind, failing: readonly Trouble[] = []) => failing.map((each) => ({ daemon, ...each }));
  return [...of('event handler', eventHandler?.failing), ...of('job manager', jobManager?.failing)];
}
