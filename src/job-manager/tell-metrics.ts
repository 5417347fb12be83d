import { inPublic } from '../daemon/in-public.ts';
import type { Health } from '../jobs/health-teller.ts';
import { jobPhases } from '../jobs/job-record.ts';
import { readHealth } from '../jobs/read-health.ts';
import { MetricsServer } from '../metrics/metrics-server.ts';
import type { DaemonParts } from '../run-daemon.ts';
import { describeProblem } from '../settings/describe-problem.ts';
import type { OnInterval } from './keep-watching.ts';
import type { Followed } from './records/followed.ts';

/** Serves the job manager's metrics, if the settings want it. */
export async function tellMetrics(daemon: DaemonParts): Promise<{
  readonly onInterval: OnInterval;
  readonly close: () => Promise<void>;
}> {
  const { metrics, settingsFile } = daemon;
  const server = new MetricsServer({ ...daemon, health: () => health(daemon) });
  const keep = () => server.keep(settingsFile.inForce.jobManager.metrics);
  let followed: readonly Followed[] = [];
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
async function health({ settingsFile, troubles }: DaemonParts): Promise<Health> {
  const { stateDir, jobManager } = settingsFile.inForce;
  const configurationProblems = settingsFile.problems.map(describeProblem);
  const asked = { stateDir, ...jobManager, configurationProblems, storage: null, troubles: troubles.open };
  return inPublic((await readHealth('job manager', asked)).health);
}
