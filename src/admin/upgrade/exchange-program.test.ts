import { afterEach, expect, it } from 'vitest';
import { checkBeforeWrites } from '../../outside/files/check-before-writes.ts';
import { exchangeProgram } from './exchange-program.ts';
import type { ToRestart } from './plan-upgrade.ts';
import type { UpgradeTools } from './upgrade-tools.ts';

afterEach(() => checkBeforeWrites(async () => {}));

const restart = (['event_handler', 'job_manager'] as const).map((name) => ({ name, words: [], directory: '/site' }));
const record = {
  ...{ version: 1 as const, site: '/site', restart },
  ...{ from: { name: 'v1.0.0', commit: 'one' }, to: { name: 'v1.1.0', commit: 'two' } },
};

it.each([
  ['before it begins', ''],
  ['while a daemon stops', 'stop event_handler'],
  ['while the last one stops', 'stop job_manager'],
  ['while the packages are put in place', 'install'],
  ['while a daemon starts', 'start event_handler'],
])('takes no further step where another upgrade has begun: %s', async (_when, last) => {
  const steps: string[] = [];
  let isOurs = last !== '';
  const step = async <T>(what: string, outcome: T) => {
    steps.push(what);
    if (what === last) isOurs = false;
    return outcome;
  };
  const refused = new Error('another process took the lease over');
  checkBeforeWrites(async () => {
    if (!isOurs) throw refused;
  });
  const tools = {
    root: '/clone',
    clone: { checkOut: async () => await step('check out', undefined) },
    run: async () => await step('install', { status: 0, lines: [] }),
    stopDaemon: async ({ name }: ToRestart) => await step(`stop ${name}`, 0),
    startDaemon: async ({ name }: ToRestart) => await step(`start ${name}`, 0),
    findStandby: async () => undefined,
  } as unknown as UpgradeTools;
  await expect(exchangeProgram(record, false, tools)).rejects.toThrow(refused);
  expect(steps.at(-1) ?? '').toBe(last);
});
