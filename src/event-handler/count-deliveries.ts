import type { Metrics } from '../metrics/metrics.ts';
import type { Webhooks } from '../outside/forge/webhooks.ts';
import type { DeliveryResult } from './receive/accept-delivery.ts';

/** Gets what became of each delivery; `event` as it says itself, undefined where nobody has looked. */
export function countDeliveries(
  metrics: Pick<Metrics, 'count'>,
  { isSentToUs }: Pick<Webhooks, 'isSentToUs'>,
): (result: DeliveryResult | 'fetched', event?: string) => void {
  return (result, event = 'unknown') => {
    const known = event === 'unknown' || isSentToUs(event) ? event : 'other';
    metrics.count('build_bot_deliveries_total', { event: known, result });
  };
}
