import { expect, it } from 'vitest';
import { metricDefinitions } from '../metrics/metric-definitions.ts';
import { Metrics } from '../metrics/metrics.ts';
import { gitHubWebhooks } from '../outside/forge/github/github-webhooks.ts';
import { countDeliveries } from './count-deliveries.ts';

const told = [...metricDefinitions.build_bot_deliveries_total.labels.event.matchAll(/`([^`]+)`/g)].map(
  ([, word]) => word,
);

it.each([
  ...told.map((word) => [word, word]),
  ['star', 'other'],
  ['constructor', 'other'],
  ['', 'other'],
  [undefined, 'unknown'],
])('an event %s is counted as %s', async (event, counted) => {
  const metrics = new Metrics('event handler', '1');
  countDeliveries(metrics, gitHubWebhooks)('accepted', event);
  expect(await metrics.read()).toContain(`\nbuild_bot_deliveries_total{event="${counted}",result="accepted"} 1\n`);
});
