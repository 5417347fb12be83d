import type { Troubles } from '../daemon/troubles.ts';
import type { Metrics } from './metrics.ts';

/** Shows at each reading what goes wrong outside, and counts what went wrong since the one before. */
export function showTroubles(metrics: Metrics, troubles: Pick<Troubles, 'open' | 'failures'>): void {
  const counted = new Map<string, number>();
  metrics.beforeReading(() => {
    for (const [kind, failures] of troubles.failures) {
      metrics.count('build_bot_failures_total', { kind }, failures - (counted.get(kind) ?? 0));
      counted.set(kind, failures);
    }
    metrics.set(
      'build_bot_trouble_since_timestamp_seconds',
      troubles.open.map(({ kind, since }) => ({ labels: { kind }, value: Date.parse(since) / 1000 })),
    );
  });
}
