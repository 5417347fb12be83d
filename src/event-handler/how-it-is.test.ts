import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Troubles } from '../daemon/troubles.ts';
import { readReport } from '../jobs/reports.ts';
import { eventHandlerReporter } from './how-it-is.ts';

it('writes a report once for all that happens before it begins, however much that is', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'report-'));
  onTestFinished(() => rm(stateDir, { recursive: true }));
  const log = { info: vi.fn(), warn: vi.fn() } as never;
  const troubles = new Troubles(log);
  const health = vi.fn(() => ({ lastComparison: null, failure: null, missing: 0 }));
  const settingsFile = { inForce: { stateDir }, problems: [], awaitingRestart: [] };
  const report = eventHandlerReporter({ recovery: { health }, troubles, settingsFile, log } as never);
  troubles.onChange(() => void report());
  for (let times = 0; times < 1000; times += 1) troubles.report('signature', 'wrong');
  await report();
  expect(health).toHaveBeenCalledTimes(1);
  expect((await readReport(stateDir, 'event-handler'))?.failing).toMatchObject([{ kind: 'signature', count: 1000 }]);
  expect(troubles.open).toHaveLength(1);
});
