import { inPublic } from '../daemon/in-public.ts';
import type { Troubles } from '../daemon/troubles.ts';
import { readHealth } from '../jobs/read-health.ts';
import type { Health } from '../jobs/tell-health.ts';
import { describeProblem } from '../settings/describe-problem.ts';
import type { SettingsFile } from '../settings/watch-settings.ts';

/** What `/healthz` of the job manager answers. */
export async function health(
  settingsFile: Pick<SettingsFile, 'inForce' | 'problems'>,
  troubles: Pick<Troubles, 'open'>,
): Promise<Health> {
  const { stateDir, jobManager } = settingsFile.inForce;
  const configurationProblems = settingsFile.problems.map(describeProblem);
  const asked = { stateDir, ...jobManager, configurationProblems, storage: null, troubles: troubles.open };
  return inPublic((await readHealth('job manager', asked)).health);
}
