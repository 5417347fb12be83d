import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Order, placeOrder, readOpenOrders } from '../jobs/orders.ts';
import { writeUploadsBefore } from '../jobs/uploads-before.ts';
import { TryAgainLater } from '../outside/github/github.ts';
import { JobStore, UnusableJob } from './job-store.ts';
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
  await writeUploadsBefore(root, []);
});
afterEach(() => rm(root, { recursive: true }));

/** Places an order; gives back the paths of those that are open. */
async function order(delivery: string, pullRequest: number, change: Partial<Order> = {}): Promise<string[]> {
  await placeOrder(root, {
    version: 1,
    kind: 'clean-up',
    repository: { owner: 'O', name: 'R' },
    pullRequest,
    by: 'carol',
    delivery,
    at: now.toISOString(),
    ...change,
  });
  return (await readOpenOrders(root)).orders.map(({ path }) => path);
}

/** One interval, a minute after the one before. */
async function interval(): Promise<void> {
  beginInterval();
  await worker.idle();
}

function beginInterval(jobs: Pick<JobStore, 'change'> = new JobStore()): void {
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
    deploy: { policy: 'once' },
  };
  const tools = {
    settings,
    jobs,
    now: () => now,
    monotonic: () => now.getTime(),
    log: pino({ level: 'silent' }),
  } as unknown as Tools;
  worker.lookForWork(tools, new AbortController().signal);
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

it('is not set aside sooner since the disk was full before', async () => {
  await order('g-1', 9);
  failure = Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' });
  for (let times = 0; times < 30; times++) await interval();
  failure = new Error('it cannot be done');
  for (let times = 0; times < 19; times++) await interval();
  expect([await names('.'), await names('failed')]).toEqual([['g-1.json'], []]);
  await interval();
  expect(await names('.')).toEqual([]);
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

it('a deployment waits for an earlier one of its pull request that is to be tried again, no other does', async () => {
  const away = { change: () => Promise.reject(new TryAgainLater('away', { cause: undefined })) };
  const pullRequestDir = join(root, 'jobs/2026.03/pr_9');
  const planned = [
    { id: '11', directory: join(pullRequestDir, 'gone'), pullRequestDir, commentId: -1, artefact: 'a', refused: 'no' },
  ];
  const [path = ''] = await order('g-1', 9, { kind: 'deploy', at: '2026-03-10T11:00:00.000Z' });
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), progress: { planned } }));
  await order('g-2', 9, { kind: 'deploy' });
  await order('g-3', 9, { kind: 'deploy', repository: { owner: 'O', name: 'other' } });
  await order('g-4', 8, { kind: 'deploy' });
  beginInterval(away);
  await worker.idle();
  expect([await names('.'), await names('done')]).toEqual([
    ['g-1.json', 'g-2.json'],
    ['g-3.json', 'g-4.json'],
  ]);
  await interval();
  expect([await names('.'), await names('done')]).toEqual([[], ['g-1.json', 'g-2.json', 'g-3.json', 'g-4.json']]);
});

/** An order of pull request 9 as it is, but for a change. */
const malformed = (change: object) => JSON.stringify({ ...template, ...change });
const template: Order = {
  version: 1,
  kind: 'deploy',
  repository: { owner: 'O', name: 'R' },
  pullRequest: 9,
  by: 'carol',
  delivery: 'g-0',
  at: '2026-03-10T11:00:00.000Z',
};
const planned = { id: '1', directory: '/d', pullRequestDir: '/p', commentId: 1, artefact: 'a-1.tar' };

it.each`
  text                                                                               | why
  ${'damaged'}                                                                       | ${/^it cannot be understood: it is not JSON: /}
  ${'null'}                                                                          | ${/it is no order of version 1: it Invalid/}
  ${'[]'}                                                                            | ${/it is no order of version 1: it Invalid/}
  ${malformed({ version: 2 })}                                                       | ${/version 1: version has to be 1/}
  ${malformed({ kind: 'build' })}                                                    | ${/kind has to be deploy or clean-up/}
  ${malformed({ repository: { name: 'R' } })}                                        | ${/repository has to be \{"owner": …, "name": …\}/}
  ${malformed({ repository: { owner: 'O' } })}                                       | ${/repository has to be/}
  ${malformed({ repository: { owner: null, name: 'R' } })}                           | ${/repository has to be/}
  ${malformed({ repository: { owner: '..', name: '..' } })}                          | ${/repository has to be/}
  ${malformed({ repository: 'O/R' })}                                                | ${/repository has to be/}
  ${malformed({ pullRequest: 0 })}                                                   | ${/pullRequest has to be a whole number above 0/}
  ${malformed({ pullRequest: '9' })}                                                 | ${/pullRequest has to be a whole number above 0/}
  ${malformed({ by: { toString: 1 } })}                                              | ${/by has to be a text/}
  ${malformed({ delivery: '../../x' })}                                              | ${/delivery has to be the identity of a delivery/}
  ${malformed({ at: { toString: 1, valueOf: 1 } })}                                  | ${/at has to be a time/}
  ${malformed({ at: 'soon' })}                                                       | ${/at has to be a time/}
  ${malformed({ head: 'main' })}                                                     | ${/head has to be a commit/}
  ${malformed({ progress: {} })}                                                     | ${/^how far it was carried out cannot be understood: planned: /}
  ${malformed({ progress: null })}                                                   | ${/how far it was carried out/}
  ${malformed({ progress: { planned: [null] } })}                                    | ${/planned\.0: /}
  ${malformed({ progress: { planned: [{ ...planned, artefact: '../../x' }] } })}     | ${/planned\.0\.artefact: has to be a name/}
  ${malformed({ kind: 'clean-up', progress: { placedAt: 'soon' } })}                 | ${/placedAt: has to be a time/}
  ${malformed({ kind: 'clean-up', progress: { placedAt: template.at, batch: {} } })} | ${/batch\.trash: /}
`('the order $text is set aside at once, with the reason, and stops no other', async ({ text, why }) => {
  await mkdir(join(root, 'orders'), { recursive: true });
  await writeFile(join(root, 'orders/2026-03-10T11-00-00.000Z_g-0.json'), text);
  await order('g-1', 7);
  await order('g-2', 8, { kind: 'deploy' });
  await interval();
  expect([await names('.'), await names('failed')]).toEqual([[], ['g-0.json', 'g-0.json.why']]);
  expect(await readFile(join(root, 'orders/failed/2026-03-10T11-00-00.000Z_g-0.json.why'), 'utf8')).toMatch(why);
  expect((await names('done')).toSorted()).toEqual(['g-1.json', 'g-2.json']);
});

it('a deployment that hangs holds up those of its own pull request only, also in later intervals', async () => {
  const { promise, resolve: end } = Promise.withResolvers<void>();
  const hanging = { change: () => promise.then(() => Promise.reject(new UnusableJob('gone'))) };
  const [path = ''] = await order('g-1', 9, { kind: 'deploy' });
  const progress = { planned: [{ ...planned, pullRequestDir: join(root, 'jobs'), refused: 'no' }] };
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), progress }));
  await order('g-2', 9, { kind: 'deploy' });
  await order('g-3', 8, { kind: 'deploy' });
  beginInterval(hanging);
  await vi.waitUntil(async () => (await names('done')).includes('g-3.json'));
  await order('g-4', 7);
  beginInterval();
  await vi.waitUntil(async () => (await names('done')).includes('g-4.json'));
  expect(await names('.')).toEqual(['g-1.json', 'g-2.json']);
  end();
  await worker.idle();
  expect(await names('.')).toEqual([]);
});
