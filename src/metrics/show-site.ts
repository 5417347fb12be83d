import { machineClock } from '../daemon/clock.ts';
import type { DaemonKind } from '../daemon/daemon-kinds.ts';
import { readSiteState } from '../jobs/site-state.ts';
import type { Settings } from '../settings/settings.ts';
import { setGaugesOfState } from './gauges-of-state.ts';
import type { Metrics } from './metrics.ts';
import { SiteReading } from './site-reading.ts';

/** Shows at each reading what both daemons have left on the disk, as far as this daemon tells it. */
export function showSite(
  metrics: Metrics,
  daemon: DaemonKind,
  settings: () => Pick<Settings, 'stateDir' | 'jobManager'>,
): void {
  const reading = new SiteReading(async () => {
    const { stateDir, jobManager } = settings();
    return readSiteState(stateDir, jobManager.jobIdsDir, daemon);
  }, machineClock);
  metrics.beforeReading(async () => setGaugesOfState(metrics, daemon, await reading.latest()));
}
