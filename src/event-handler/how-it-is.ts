import { machineClock } from '../daemon/clock.ts';
import { inPublic } from '../daemon/in-public.ts';
import { locksDirectory, readLease } from '../daemon/lease-file.ts';
import type { Logger } from '../daemon/logger.ts';
import { oneAtATime } from '../daemon/one-at-a-time.ts';
import { type DaemonFacts, readDaemon } from '../daemon/read-daemon.ts';
import { type Trouble, type Troubles, tellTrouble } from '../daemon/troubles.ts';
import { type EventHandlerReport, readReport, reporter } from '../jobs/reports.ts';
import { readSetAside, type SetAside } from '../jobs/set-aside.ts';
import { describeProblem } from '../settings/describe-problem.ts';
import type { WatchedPlaces } from '../settings/look-at-places.ts';
import type { Settings } from '../settings/settings.ts';
import type { SettingsFile } from '../settings/watch-settings.ts';
import { wordsOf } from '../words-of.ts';
import type { Inbox } from './receive/inbox.ts';
import type { Recovery } from './receive/recovery.ts';

/** What there is to say of the event handler is said from. */
export interface Told {
  readonly inbox: Pick<Inbox, 'storage'>;
  readonly recovery: Pick<Recovery, 'health'>;
  readonly troubles: Troubles;
  readonly places: Pick<WatchedPlaces, 'warnings'>;
  readonly settingsFile: Pick<SettingsFile, 'current' | 'inForce' | 'problems' | 'awaitingRestart'>;
  readonly log: Logger;
}

const namesShown = 20;

/**
 * Makes what keeps the report in the state directory up to date, for bot-admin and for the next process. It never throws, and calls share a
 * report that has not begun.
 */
export function eventHandlerReporter({
  recovery,
  troubles,
  places,
  settingsFile,
  log,
}: Omit<Told, 'inbox'>): () => Promise<void> {
  const report = reporter('event-handler');
  const inTurn = oneAtATime();
  const write = async () => {
    const { stateDir } = settingsFile.inForce;
    const said: EventHandlerReport = {
      ...recovery.health(),
      configurationProblems: settingsFile.problems.map(describeProblem),
      awaitingRestart: settingsFile.awaitingRestart.map(describeProblem),
      warnings: places.warnings,
      failing: troubles.open.filter(({ kind }) => kind !== 'state'), // where this can be written it is over
    };
    try {
      await report(stateDir, said, machineClock);
      troubles.wentWell('state');
    } catch (err) {
      log.warn({ err }, 'could not write the report');
      troubles.report('state', wordsOf(err));
    }
  };
  let next: Promise<void> | undefined;
  return () => {
    next ??= inTurn('report', async () => {
      next = undefined;
      await write();
    });
    return next;
  };
}

/** What `GET /health` answers: `ok` where the last of each kind went well. */
export async function health({ inbox, recovery, troubles, places, settingsFile }: Told) {
  const settings = await settingsFile.current();
  const configurationProblems = settingsFile.problems.map(describeProblem);
  const { count, problem } = await inbox.storage();
  const { unreadable = null, jobManagerLife, jobManagerFailing = [], ...waiting } = await attention(settings);
  const failing = [
    ...troubles.open.map((trouble) => tell('event handler', trouble)),
    ...jobManagerFailing.map((trouble) => tell('job manager', trouble)),
    ...(jobManagerLife?.isMissed ? [tellMissed(jobManagerLife)] : []),
  ];
  return inPublic({
    ok: configurationProblems.length === 0 && problem === null && unreadable === null && failing.length === 0,
    inbox: count,
    storage: problem ?? unreadable,
    recovery: recovery.health(),
    configurationProblems,
    failing,
    // How many: which places they are is nothing for whoever reaches the port.
    warnings: places.warnings.length,
    jobManager: jobManagerLife ? { state: jobManagerLife.state, lastSign: jobManagerLife.lastSign } : null,
    ...waiting,
  });
}

interface Attention {
  readonly setAside?: { readonly count: number; readonly newest: readonly Pick<SetAside, 'kind' | 'name' | 'since'>[] };
  readonly jobManagerTroubles?: readonly string[];
  readonly jobManagerFailing?: readonly Trouble[];
  /** Absent: none has ever run with this state directory. */
  readonly jobManagerLife?: DaemonFacts;
  /** Why it is not known. */
  readonly unreadable?: string;
}

/** What waits for a person: the names alone, since whoever reaches the port can read it. scripts/bot-admin status has the reasons. */
async function attention({ stateDir, jobManager }: Settings): Promise<Attention> {
  try {
    const setAside = await readSetAside(stateDir, jobManager.jobIdsDir);
    const newest = setAside.toSorted((a, b) => a.since.localeCompare(b.since)).slice(-namesShown);
    const named = newest.map(({ kind, name, since }) => ({ kind, name, since }));
    const report = await readReport(stateDir, 'job-manager');
    const life = await readDaemon(stateDir, 'job manager', await timeOfLeases(stateDir));
    return {
      setAside: { count: setAside.length, newest: named },
      jobManagerTroubles: report?.troubles.map(({ subject }) => subject) ?? [],
      jobManagerFailing: report?.failing ?? [],
      ...(life && { jobManagerLife: life }),
    };
  } catch (error) {
    return {
      unreadable: `what was set aside cannot be read: ${wordsOf(error)}`,
    };
  }
}

/** By the file server's clock, which the job manager's lease has its time from: our own lease was renewed just now. */
async function timeOfLeases(stateDir: string): Promise<Date> {
  const own = await readLease(locksDirectory(stateDir), 'event handler');
  return own ? new Date(own.renewedMilliseconds) : machineClock.now();
}

function tellMissed({ state, lastSign }: DaemonFacts) {
  const how = state === 'ended' ? 'ended' : 'died, or its machine is gone';
  const what = `the job manager ${how}, and none has taken its place: last sign at ${lastSign}; start it`;
  return { daemon: 'job manager', kind: 'life', count: 1, since: lastSign, last: lastSign, what };
}

function tell(daemon: string, trouble: Trouble) {
  const { kind, count, since, last } = trouble;
  return { daemon, kind, count, since, last, what: tellTrouble(trouble) };
}
