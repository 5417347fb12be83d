import type { Metrics } from '../metrics/metrics.ts';
import type { DeliveryResult } from './receive/accept-delivery.ts';

/** GitHub's that the bot asks for, or that every App gets. Anybody can send another word. */
const events = ['issue_comment', 'pull_request', 'check_run', 'check_suite', 'ping', 'installation'];

/** Gets what became of each delivery; `event` as it says itself, undefined where nobody has looked. */
export function countDeliveries(metrics: Metrics): (result: DeliveryResult | 'fetched', event?: string) => void {
  return (result, event = 'unknown') => {
    const known = event === 'unknown' || events.includes(event) ? event : 'other';
    metrics.count('build_bot_deliveries_total', { event: known, result });
  };
}
