import { inPublic } from '../daemon/in-public.ts';
import { timeOfLeases } from '../daemon/read-daemon.ts';
import type { Troubles } from '../daemon/troubles.ts';
import { readSiteState } from '../jobs/site-state.ts';
import { findFailing, type Health } from '../jobs/tell-health.ts';
import { describeProblem } from '../settings/describe-problem.ts';
import type { SettingsFile } from '../settings/watch-settings.ts';
import { wordsOf } from '../words-of.ts';

/** What `/healthz` of the job manager tells: its own troubles as they are now, those of the event handler as that has reported them. */
export async function health(
  settingsFile: Pick<SettingsFile, 'inForce' | 'problems'>,
  troubles: Pick<Troubles, 'open'>,
): Promise<Health> {
  const { stateDir, jobManager } = settingsFile.inForce;
  const configurationProblems = settingsFile.problems.map(describeProblem);
  const own = { failing: troubles.open };
  const noDaemons = { 'event handler': undefined, 'job manager': undefined };
  try {
    const state = await readSiteState(stateDir, jobManager.jobIdsDir, await timeOfLeases(stateDir, 'job manager'));
    const failing = findFailing({ ...state, jobManager: own }, 'job manager');
    const ok = configurationProblems.length === 0 && failing.length === 0;
    return inPublic({ ok, storage: null, configurationProblems, failing });
  } catch (error) {
    const storage = `what the daemons keep cannot be read: ${wordsOf(error)}`;
    const failing = findFailing({ daemons: noDaemons, eventHandler: undefined, jobManager: own }, 'job manager');
    return inPublic({ ok: false, storage, configurationProblems, failing });
  }
}
