import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { metricDefinitions } from '../../src/metrics/metric-definitions.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { monitoringPage } from './write-monitoring.ts';

const docs = join(import.meta.dirname, '../../docs');
const read = (name: string) => readFile(join(docs, name), 'utf8');

/** Names as they stand in expressions: of ours and of the process. */
async function knownNames(): Promise<ReadonlySet<string>> {
  const told = await new Metrics('event handler', '1').read();
  const ofProcess = [...told.matchAll(/^# HELP (\S+)/gm)].map(([, name = '']) => name);
  const ours = Object.entries(metricDefinitions).flatMap(([name, { type }]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
  return new Set([...ofProcess, ...ours]);
}

it('docs/monitoring.md is up to date: node test/docs/write-monitoring.ts', async () => {
  expect(await read('monitoring.md')).toBe(await monitoringPage());
});

it('every expression of the alerts and of the dashboard names metrics that exist', async () => {
  const known = await knownNames();
  const dashboard = JSON.parse(await read('monitoring/dashboard.json')) as {
    panels: { title: string; targets: { expr: string }[] }[];
  };
  const rules = await read('monitoring/alerts.yml');
  const expressions = [
    ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ...[...rules.matchAll(/^ +expr: (.*)$/gm)].map(([, expression = '']) => expression),
  ];
  expect(expressions.length).toBeGreaterThan(25);
  for (const expression of expressions) {
    const named = expression.match(/\b(?:build_bot|process|nodejs)_\w+|\bup(?=\{)/g) ?? [];
    expect(named.length, expression).toBeGreaterThan(0);
    expect(named.filter((name) => name !== 'up' && !known.has(name))).toEqual([]);
  }
});

it('each alert is tried, firing and silent', async () => {
  const rules = await read('monitoring/alerts.yml');
  const tests = await readFile(join(import.meta.dirname, 'alerts-test.yml'), 'utf8');
  for (const [, alert = ''] of rules.matchAll(/- alert: (\w+)/g)) {
    expect(tests, alert).toContain(`{ alertname: ${alert}, eval_time: 1h }`);
    expect(tests, alert).toMatch(new RegExp(`alertname: ${alert}\\n +exp_alerts:`));
  }
});
