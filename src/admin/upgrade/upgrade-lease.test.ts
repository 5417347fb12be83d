import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { checkBeforeWrites } from '../../outside/files/check-before-writes.ts';
import { withUpgradeLease } from './upgrade-lease.ts';

let packages: string;
beforeEach(async () => {
  packages = await mkdtemp(join(tmpdir(), 'upgrade-lease-'));
});
afterEach(() => rm(packages, { recursive: true }));

/** Leaves the lease of an upgrade that was renewed so long ago. */
async function leave(host: string, seconds = 0): Promise<void> {
  const holder = { version: 1, number: 1, token: 't', host, pid: process.pid, processStart: '1' };
  const path = join(packages, 'locks/upgrade.1.lease');
  await mkdir(join(packages, 'locks'));
  await writeFile(path, JSON.stringify({ ...holder, since: '2026-03-10T12:00:00.000Z' }));
  const renewed = new Date(Date.now() - seconds * 1000);
  await utimes(path, renewed, renewed);
}

const runs = (number: number) =>
  new RegExp(
    `^an upgrade of this clone runs already \\(process ${process.pid} on \\S+ since .*upgrade\\.${number}\\.lease\\); wait for its end$`,
  );

it('lets one work, and the next after it, also where it failed', async () => {
  const failing = async () => {
    await expect(withUpgradeLease(packages, async () => 'second')).rejects.toThrow(runs(1));
    throw new Error('it failed');
  };
  await expect(withUpgradeLease(packages, failing)).rejects.toThrow('it failed');
  expect(await withUpgradeLease(packages, async () => 'third')).toBe('third');
  expect(await readdir(join(packages, 'locks'))).toEqual(['upgrade.2.lease']);
});

it.each([
  ['a process that was killed', hostname(), 0],
  ['one on another machine that has been silent for a minute', 'login2', 60],
])('%s lets one work, of several that come at once', async (_what, host, seconds) => {
  for (let round = 0; round < 10; round += 1) {
    await leave(host, seconds);
    const all = Promise.withResolvers<void>();
    const [working, refused]: [number[], unknown[]] = [[], []];
    const note = () => {
      if (working.length + refused.length === 5) all.resolve();
    };
    const upgrade = async (_: unknown, index: number) => {
      await pause(index); // each finds the others one step further
      await withUpgradeLease(packages, async () => {
        working.push(index);
        note();
        await all.promise;
      }).catch((error: Error) => {
        refused.push(error.message);
        note();
      });
    };
    await Promise.all(Array.from({ length: 5 }, upgrade));
    expect(working).toHaveLength(1);
    for (const message of refused) expect(message).toMatch(runs(2));
    await rm(join(packages, 'locks'), { recursive: true });
  }
});

it('one on another machine is named', async () => {
  await leave('login2');
  await expect(withUpgradeLease(packages, async () => 'done')).rejects.toThrow(runs(1));
});

it.each([
  ['the clone', ''],
  ['what an earlier upgrade left there', '.packages/locks'],
])('where nothing can be written it says so: %s', async (_what, path) => {
  const root = join(packages, 'root');
  if (path !== '') await mkdir(join(root, '.packages'), { recursive: true });
  await writeFile(join(root, path), 'in the way, also of root');
  const why = new RegExp(`^${join(root, '.packages')} cannot be written by this account; run upgrade as its owner: E`);
  await expect(withUpgradeLease(join(root, '.packages'), async () => 'done')).rejects.toThrow(why);
});

it('where the disk is full it says no more than that', async () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  checkBeforeWrites(async () => {
    throw full;
  });
  onTestFinished(() => checkBeforeWrites(async () => {}));
  await expect(withUpgradeLease(packages, async () => 'done')).rejects.toBe(full);
});

it('gives what the work gave, also where its lease cannot be given back', async () => {
  const removing = async () => {
    await rm(join(packages, 'locks'), { recursive: true });
    return 'done';
  };
  expect(await withUpgradeLease(packages, removing)).toBe('done');
});
