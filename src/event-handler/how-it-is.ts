import { machineClock } from '../daemon/clock.ts';
import { inPublic } from '../daemon/in-public.ts';
import { readHealth } from '../jobs/read-health.ts';
import { type EventHandlerReport, reporter } from '../jobs/reports.ts';
import type { SiteState } from '../jobs/site-state.ts';
import { coalesce } from '../outside/files/coalesce.ts';
import type { DaemonParts } from '../run-daemon.ts';
import { describeProblem } from '../settings/describe-problem.ts';
import type { WatchedPlaces } from '../settings/look-at-places.ts';
import type { Inbox } from './receive/inbox.ts';
import type { Recovery } from './receive/recovery.ts';
import type { RelayWatch } from './receive/relay-watch.ts';

/** Where the report and `/health` take their facts from. */
interface Told extends Pick<DaemonParts, 'settingsFile' | 'troubles' | 'log'> {
  readonly inbox: Pick<Inbox, 'storage'>;
  readonly recovery: Pick<Recovery, 'health'>;
  /** Undefined: there is no relay. */
  readonly relayWatch?: Pick<RelayWatch, 'report'> | undefined;
  readonly places: Pick<WatchedPlaces, 'warnings'>;
}

const namesShown = 20;

/**
 * Makes the function that writes the report in the state directory, for `./bot.sh` and for the next process. It never throws. Calls that
 * come before a write begins share it.
 */
export function eventHandlerReporter({
  recovery,
  troubles,
  relayWatch,
  places,
  settingsFile,
  log,
}: Omit<Told, 'inbox'>): () => Promise<void> {
  const report = reporter('event handler', troubles);
  return coalesce(async () => {
    const { stateDir } = settingsFile.inForce;
    const said: EventHandlerReport = {
      ...recovery.health(),
      ...(relayWatch && { relay: relayWatch.report() }),
      configurationProblems: settingsFile.problems.map(describeProblem),
      awaitingRestart: settingsFile.awaitingRestart.map(describeProblem),
      warnings: places.warnings,
      failing: troubles.open.filter(({ kind }) => kind !== 'state'), // resolved if this report can be written
    };
    await report(stateDir, said, machineClock, log);
  });
}

/** What `GET /health` answers: `ok` if nothing is failing. */
export async function health({ inbox, recovery, troubles, relayWatch, places, settingsFile }: Told) {
  const { stateDir, jobManager } = await settingsFile.current();
  const configurationProblems = settingsFile.problems.map(describeProblem);
  const { count, problem: storage } = await inbox.storage();
  const asked = { stateDir, ...jobManager, configurationProblems, storage, troubles: troubles.open };
  const { health: told, state } = await readHealth('event handler', asked);
  const jobManagerLife = state?.daemons['job manager'];
  return inPublic({
    ...told,
    inbox: count,
    recovery: recovery.health(),
    ...(relayWatch && { relay: relayWatch.report() }),
    // Only how many: the port may be public.
    warnings: places.warnings.length,
    jobManager: jobManagerLife ? { state: jobManagerLife.state, lastSign: jobManagerLife.lastSign } : null,
    ...(state && attention(state)),
  });
}

/** What needs a person: names only, since the port may be public. `./bot.sh status` has the reasons. */
function attention({ setAside, jobManager }: SiteState) {
  const newest = setAside.toSorted((a, b) => a.since.localeCompare(b.since)).slice(-namesShown);
  const named = newest.map(({ kind, name, since }) => ({ kind, name, since }));
  return {
    setAside: { count: setAside.length, newest: named },
    jobManagerTroubles: jobManager?.troubles.map(({ subject }) => subject) ?? [],
  };
}
