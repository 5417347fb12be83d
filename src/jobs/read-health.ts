import { machineClock } from '../daemon/clock.ts';
import type { DaemonKind } from '../daemon/daemon-kinds.ts';
import type { Trouble } from '../daemon/troubles.ts';
import { wordsOf } from '../words-of.ts';
import { findFailing } from './find-failing.ts';
import type { Health } from './health-teller.ts';
import { readSiteState, type SiteState } from './site-state.ts';

interface Asked {
  readonly stateDir: string;
  readonly jobIdsDir: string;
  readonly pollIntervalSeconds: number;
  readonly configurationProblems: readonly string[];
  /** Why nothing can be stored. */
  readonly storage: string | null;
  /** Troubles of the daemon that asks. */
  readonly troubles: readonly Trouble[];
}

const nothingReported = {
  daemons: { 'event handler': undefined, 'job manager': undefined },
  eventHandler: undefined,
  jobManager: undefined,
};

/** The bot's health, as the daemon that `asks` sees it. `state`: the facts it is judged by; undefined: they cannot be read. */
export async function readHealth(
  asks: DaemonKind,
  { stateDir, jobIdsDir, pollIntervalSeconds, configurationProblems, storage, troubles }: Asked,
): Promise<{ readonly health: Health; readonly state: SiteState | undefined }> {
  const reading = await readState(asks, stateDir, jobIdsDir);
  const { state = nothingReported } = reading;
  const failing = findFailing(state, asks, troubles, { now: machineClock.now(), pollIntervalSeconds });
  const problem = storage ?? reading.unreadable ?? null;
  const ok = configurationProblems.length === 0 && problem === null && failing.length === 0;
  return { health: { ok, storage: problem, configurationProblems, failing }, state: reading.state };
}

async function readState(
  asks: DaemonKind,
  stateDir: string,
  jobIdsDir: string,
): Promise<{ readonly state?: SiteState; readonly unreadable?: string }> {
  try {
    return { state: await readSiteState(stateDir, jobIdsDir, asks) };
  } catch (error) {
    return { unreadable: `what the daemons keep cannot be read: ${wordsOf(error)}` };
  }
}
