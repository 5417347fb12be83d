import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { placeOrder } from '../jobs/orders.ts';
import { OrderWorker } from './order-worker.ts';
import type { Tools } from './tools.ts';

let root: string;
let now: Date;
/** What becomes of each look for the directories of pull request 9. */
let failure: Error | undefined;
let worker: OrderWorker;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'order-worker-'));
  now = new Date('2026-03-10T12:00:00Z');
  failure = undefined;
  worker = new OrderWorker();
});
afterEach(() => rm(root, { recursive: true }));

const order = (delivery: string, pullRequest: number) =>
  placeOrder(root, {
    version: 1,
    kind: 'clean-up',
    repository: { owner: 'O', name: 'R' },
    pullRequest,
    by: 'carol',
    delivery,
    at: now.toISOString(),
  });

/** One interval, a minute after the one before. */
async function interval(): Promise<void> {
  now = new Date(now.getTime() + 60_000);
  const settings = {
    stateDir: root,
    // A clean-up reads this first.
    get build() {
      if (failure !== undefined) throw failure;
      return { jobsBaseDir: join(root, 'jobs') };
    },
    jobManager: { jobIdsDir: join(root, 'ids') },
    cleanUp: { trashBinDir: join(root, 'trash') },
    control: { chatLevel: 'basic' },
  };
  const tools = { settings, now: () => now, log: pino({ level: 'silent' }) } as unknown as Tools;
  worker.lookForWork(tools, new AbortController().signal);
  await worker.idle();
}

const names = async (stage: string) =>
  (await readdir(join(root, 'orders', stage)).catch((): string[] => []))
    .filter((name) => name.includes('_'))
    .map((name) => name.replace(/^.*_/, ''));

it('an order that fails is tried twenty times, then set aside with the reason', async () => {
  await order('g-1', 9);
  failure = new Error('it cannot be done');
  for (let times = 0; times < 19; times++) await interval();
  expect([await names('.'), await names('failed')]).toEqual([['g-1.json'], []]);
  await interval();
  expect([await names('.'), await names('failed')]).toEqual([[], ['g-1.json', 'g-1.json.why']]);
  const [why = ''] = (await readdir(join(root, 'orders/failed'))).filter((name) => name.endsWith('.why'));
  expect(await readFile(join(root, 'orders/failed', why), 'utf8')).toBe(
    'it failed again and again, at last with: it cannot be done\n',
  );
});

it('one for which the disk is full is tried for three days', async () => {
  await order('g-1', 9);
  failure = Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' });
  for (let times = 0; times < 30; times++) await interval();
  expect(await names('.')).toEqual(['g-1.json']);
  now = new Date('2026-03-13T12:02:00Z');
  await interval();
  expect([await names('.'), await names('failed')]).toEqual([[], ['g-1.json', 'g-1.json.why']]);
});

it('one that fails, or is none, stops no other', async () => {
  await mkdir(join(root, 'orders'), { recursive: true });
  await writeFile(join(root, 'orders/2026-03-10T11-00-00.000Z_g-0.json'), 'damaged');
  await order('g-1', 9);
  await interval();
  expect([await names('.'), await names('done'), await names('failed')]).toEqual([
    [],
    ['g-1.json'],
    ['g-0.json', 'g-0.json.why'],
  ]);
});
