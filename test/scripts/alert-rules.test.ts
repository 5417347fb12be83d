import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { type MetricDefinition, type MetricName, metricDefinitions } from '../../src/metrics/metric-definitions.ts';
import { Metrics } from '../../src/metrics/metrics.ts';

const root = join(import.meta.dirname, '../..');
const promtool = (words: readonly string[], input = '') =>
  execa('promtool', words, { cwd: root, input, all: true, reject: false });

it.each([[['check', 'rules', 'docs/monitoring/alerts.yml']], [['test', 'rules', 'test/docs/alerts-test.yml']]])(
  'promtool %s finds nothing wrong',
  async (words) => {
    const { exitCode, all } = await promtool(words);
    expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
  },
);

it.each(['event handler', 'job manager'] as const)(
  'promtool finds nothing wrong with what the %s tells',
  async (daemon) => {
    const metrics = new Metrics(daemon, '1.0.0');
    for (const [name, definition] of Object.entries(metricDefinitions))
      giveValue(metrics, name as MetricName, definition);
    const text = await metrics.read();
    expect(text).toContain('build_bot_github_requests_total{');
    const { exitCode, all } = await promtool(['check', 'metrics'], text);
    const ofOurs = all.split('\n').filter((line) => line.includes('build_bot'));
    expect({ ofOurs, all }).toMatchObject({ ofOurs: [] });
    expect([0, 3]).toContain(exitCode); // 3: it would have named a metric otherwise, here one of prom-client
  },
);

/** Any value, with any labels. */
function giveValue(metrics: Metrics, name: MetricName, { type, labels }: MetricDefinition): void {
  const any = Object.fromEntries(Object.keys(labels).map((label) => [label, 'any "word"\n'])) as never;
  if (type === 'counter') metrics.count(name as 'build_bot_commands_total', any);
  if (type === 'gauge') metrics.set(name as 'build_bot_jobs', [{ labels: any, value: 1.5 }]);
  if (type === 'histogram') metrics.observe(name as 'build_bot_interval_duration_seconds', any, 3);
}
