import { inPublic } from '../daemon/in-public.ts';
import type { Logger } from '../daemon/logger.ts';
import type { Troubles } from '../daemon/troubles.ts';
import type { Health } from '../jobs/health-teller.ts';
import { jobPhases } from '../jobs/job-record.ts';
import { readHealth } from '../jobs/read-health.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { MetricsServer } from '../metrics/metrics-server.ts';
import { showSite } from '../metrics/show-site.ts';
import { showTroubles } from '../metrics/show-troubles.ts';
import { describeProblem } from '../settings/describe-problem.ts';
import type { SettingsFile } from '../settings/watch-settings.ts';
import type { OnInterval } from './keep-watching.ts';
import type { Followed } from './records/followed.ts';

interface Told {
  readonly metrics: Metrics;
  readonly settingsFile: Pick<SettingsFile, 'inForce' | 'problems'>;
  readonly troubles: Troubles;
  readonly log: Logger;
}

/** Serves the job manager's metrics, if the settings want it. */
export async function tellMetrics({ metrics, settingsFile, troubles, log }: Told): Promise<{
  readonly onInterval: OnInterval;
  readonly close: () => Promise<void>;
}> {
  const server = new MetricsServer({ metrics, health: () => health(settingsFile, troubles), troubles, log });
  const keep = () => server.keep(settingsFile.inForce.jobManager.metrics);
  let followed: readonly Followed[] = [];
  showTroubles(metrics, troubles);
  showSite(metrics, 'job manager', () => settingsFile.inForce);
  metrics.beforeReading(() => {
    const phases = Map.groupBy(followed, ({ record }) => record.phase);
    metrics.set(
      'build_bot_jobs',
      jobPhases.map((state) => ({ labels: { state }, value: phases.get(state)?.length ?? 0 })),
    );
  });
  await keep();
  return {
    onInterval: async ({ result, seconds, followed: now }) => {
      metrics.observe('build_bot_interval_duration_seconds', { result }, seconds);
      followed = now ?? followed;
      if (result === 'done')
        metrics.set('build_bot_interval_success_timestamp_seconds', [{ labels: {}, value: Date.now() / 1000 }]);
      await keep();
    },
    close: () => server.close(),
  };
}

/** What `/healthz` of the job manager answers. */
async function health(
  settingsFile: Pick<SettingsFile, 'inForce' | 'problems'>,
  troubles: Pick<Troubles, 'open'>,
): Promise<Health> {
  const { stateDir, jobManager } = settingsFile.inForce;
  const configurationProblems = settingsFile.problems.map(describeProblem);
  const asked = { stateDir, ...jobManager, configurationProblems, storage: null, troubles: troubles.open };
  return inPublic((await readHealth('job manager', asked)).health);
}
