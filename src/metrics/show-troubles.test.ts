import { expect, it } from 'vitest';
import { Troubles } from '../daemon/troubles.ts';
import { Metrics } from './metrics.ts';
import { showTroubles } from './show-troubles.ts';

it('counts what failed, and tells since when what fails still', async () => {
  const metrics = new Metrics('job manager', '1');
  const log = { warn() {}, info() {} };
  const troubles = new Troubles(log, [], () => new Date('2026-03-10T12:00:00Z'));
  showTroubles(metrics, troubles);
  const told = async () =>
    (await metrics.read()).split('\n').filter((line) => /^build_bot_(failures|trouble)/.test(line));
  troubles.report('upload', 'no bucket');
  troubles.report('upload', 'no bucket');
  await told();
  troubles.report('queue', 'refused');
  troubles.wentWell('queue');
  expect(await told()).toEqual([
    'build_bot_failures_total{kind="upload"} 2',
    'build_bot_failures_total{kind="queue"} 1',
    'build_bot_trouble_since_timestamp_seconds{kind="upload"} 1773144000',
  ]);
});
