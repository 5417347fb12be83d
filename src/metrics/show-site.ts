import { machineClock } from '../daemon/clock.ts';
import type { DaemonKind } from '../daemon/daemon-kinds.ts';
import { timeOfName } from '../jobs/names-on-disk.ts';
import { readSiteState, type SiteState } from '../jobs/site-state.ts';
import type { Settings } from '../settings/settings.ts';
import type { Metrics } from './metrics.ts';
import { SiteReading, type StateAt } from './site-reading.ts';

const seconds = (time: Date | string | number) => new Date(time).getTime() / 1000;
/** Of a gauge without labels; nothing is shown while there is none. */
const one = (value: number | undefined) => (value === undefined ? [] : [{ labels: {}, value }]);
const oneTime = (time: Date | string | null | undefined) => one(time ? seconds(time) : undefined);

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

/** What each daemon tells: nothing is told by both, so that a sum over all is the number that there are. */
const told = {
  'event handler': { setAside: ['delivery'], waiting: { kind: 'delivery', names: 'deliveries' } },
  'job manager': { setAside: ['order', 'job'], waiting: { kind: 'order', names: 'orders' } },
} as const;

/** Shows what a reading of the state tells; undefined: nothing was read. */
export function setGaugesOfState(metrics: Metrics, daemon: DaemonKind, reading: StateAt | undefined): void {
  metrics.set('build_bot_state_read_timestamp_seconds', oneTime(reading?.at));
  if (reading === undefined) return;
  const { state } = reading;
  const { setAside, waiting } = told[daemon];
  const names = state.waiting[waiting.names];
  const oldest = timeOfName(names[0] ?? '');
  metrics.set(
    'build_bot_set_aside',
    setAside.map((kind) => ({ labels: { kind }, value: state.setAside.filter((each) => each.kind === kind).length })),
  );
  metrics.set('build_bot_waiting', [{ labels: { kind: waiting.kind }, value: names.length }]);
  metrics.set(
    'build_bot_oldest_waiting_timestamp_seconds',
    oldest === undefined ? [] : [{ labels: { kind: waiting.kind }, value: seconds(oldest) }],
  );
  setGaugesOfDaemons(metrics, state);
  setGaugesOfComparison(metrics, state);
}

function setGaugesOfDaemons(metrics: Metrics, { daemons }: SiteState): void {
  const known = Object.entries(daemons).flatMap(([daemon, facts]) => (facts ? [{ labels: { daemon }, facts }] : []));
  metrics.set(
    'build_bot_daemon_running',
    known.map(({ labels, facts }) => ({ labels, value: facts.state === 'runs' ? 1 : 0 })),
  );
  metrics.set(
    'build_bot_lease_renewed_timestamp_seconds',
    known.map(({ labels, facts }) => ({ labels, value: seconds(facts.lastSign) })),
  );
}

function setGaugesOfComparison(metrics: Metrics, { eventHandler }: SiteState): void {
  const { lastComparison, failingSince, missing } = eventHandler ?? {};
  metrics.set('build_bot_comparison_timestamp_seconds', oneTime(lastComparison));
  metrics.set('build_bot_comparison_failing_since_timestamp_seconds', oneTime(failingSince));
  metrics.set('build_bot_missing_deliveries', one(missing));
}
