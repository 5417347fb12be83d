import { expect, it } from 'vitest';
import { metricDefinitions } from './metric-definitions.ts';
import { Metrics } from './metrics.ts';

const linesOf = async (metrics: Metrics, name: string) =>
  (await metrics.read()).split('\n').filter((line) => line.startsWith(name));

it('counts, and shows a gauge as it was set last: what is gone is absent', async () => {
  const metrics = new Metrics('event handler', '1');
  metrics.count('build_bot_deliveries_total', { event: 'ping', result: 'accepted' });
  metrics.count('build_bot_deliveries_total', { event: 'ping', result: 'accepted' });
  metrics.set('build_bot_waiting', [{ labels: { kind: 'delivery' }, value: 3 }]);
  metrics.set('build_bot_missing_deliveries', [{ labels: {}, value: 2 }]);
  expect(await linesOf(metrics, 'build_bot_deliveries_total')).toEqual([
    'build_bot_deliveries_total{event="ping",result="accepted"} 2',
  ]);
  expect(await linesOf(metrics, 'build_bot_missing_deliveries')).toEqual(['build_bot_missing_deliveries 2']);
  metrics.set('build_bot_waiting', []);
  metrics.set('build_bot_missing_deliveries', []);
  expect(await linesOf(metrics, 'build_bot_waiting')).toEqual([]);
  expect(await linesOf(metrics, 'build_bot_missing_deliveries')).toEqual([]);
});

it('one without labels has no value before it has one', async () => {
  const metrics = new Metrics('job manager', '1');
  expect(await linesOf(metrics, 'build_bot_interval_success')).toEqual([]);
});

it('looks before each reading, and each daemon tells what is its own', async () => {
  const metrics = new Metrics('job manager', '1');
  let value = 0;
  metrics.beforeReading(() => metrics.set('build_bot_jobs', [{ labels: { state: 'running' }, value: ++value }]));
  metrics.count('build_bot_deliveries_total', { event: 'ping', result: 'accepted' });
  await metrics.read();
  expect(await linesOf(metrics, 'build_bot_jobs')).toEqual(['build_bot_jobs{state="running"} 2']);
  expect(await metrics.read()).not.toContain('build_bot_deliveries_total');
});

it.each(Object.entries(metricDefinitions))(
  '%s is named as Prometheus wants it, and told in plain words',
  (name, told) => {
    const { type, help } = told;
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(name).toMatch(/^build_bot_[a-z_]+$/);
    expect(name).not.toMatch(/_(?:ms|milliseconds|minutes|mb|percent)(?:_|$)/);
    expect(name.endsWith('_seconds')).toBe(/duration|timestamp/.test(name));
    expect(help).toMatch(/^[A-Z1].*[^.]$/);
  },
);
