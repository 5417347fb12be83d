import type { Metrics } from '../metrics/metrics.ts';
import type { Webhooks } from '../outside/forge/webhooks.ts';
import type { DeliveryResult } from './receive/accept-delivery.ts';

/** Counts what became of each delivery. `event`: as its header says; undefined if that was not read. */
export function countDeliveries(
  metrics: Pick<Metrics, 'count'>,
  { isSentToUs }: Pick<Webhooks, 'isSentToUs'>,
): (result: DeliveryResult | 'fetched', event?: string) => void {
  return (result, event = 'unknown') => {
    const known = event === 'unknown' || isSentToUs(event) ? event : 'other';
    metrics.count('build_bot_deliveries_total', { event: known, result });
  };
}
