import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startOfProcess } from '../../daemon/lease-file.ts';
import { withUpgradeLock } from './upgrade-lock.ts';

let packages: string;
beforeEach(async () => {
  packages = await mkdtemp(join(tmpdir(), 'upgrade-lock-'));
});
afterEach(() => rm(packages, { recursive: true }));

it('lets one work, and the next after it, also where it failed', async () => {
  const failing = async () => {
    await expect(withUpgradeLock(packages, async () => 'second')).rejects.toThrow(
      `an upgrade of this clone runs already, as process ${process.pid}; wait for its end`,
    );
    throw new Error('it failed');
  };
  await expect(withUpgradeLock(packages, failing)).rejects.toThrow('it failed');
  expect(await withUpgradeLock(packages, async () => 'third')).toBe('third');
  expect(await readdir(packages)).toEqual([]);
});

it.each([
  ['a process that was killed', async () => ({ host: hostname(), pid: process.pid, processStart: '1' })],
  ['half a file', async () => undefined],
])('%s holds nobody up', async (_what, holder) => {
  await writeFile(join(packages, 'upgrade.lock'), JSON.stringify(await holder()) ?? '{"host"');
  expect(await withUpgradeLock(packages, async () => 'done')).toBe('done');
});

it('one on another machine is named, and how to end that', async () => {
  const holder = { host: 'login2', pid: 7, processStart: await startOfProcess(process.pid) };
  await writeFile(join(packages, 'upgrade.lock'), JSON.stringify(holder));
  await expect(withUpgradeLock(packages, async () => 'done')).rejects.toThrow(
    `an upgrade of this clone runs on login2, as process 7; if there is none any more, run: rm ${packages}/upgrade.lock`,
  );
});
