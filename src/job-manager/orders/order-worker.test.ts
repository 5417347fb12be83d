import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSealed, sealIfObject, writeSealed } from '../../../test/sealed-files.ts';
import { linkJob } from '../../jobs/handovers.ts';
import { type JobRecord, writeJobRecord } from '../../jobs/job-record.ts';
import { Unusable } from '../../jobs/judge-error.ts';
import { writeUploadsBefore } from '../../jobs/of-another-bot/uploads-before.ts';
import { type Order, placeOrder, readOpenOrders } from '../../jobs/orders.ts';
import { replay } from '../../jobs/set-aside.ts';
import { TryAgainLater } from '../../outside/forge/forge.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import { orderKinds } from '../order-kinds.ts';
import { JobStore } from '../records/job-store.ts';
import type { Tools } from '../tools.ts';
import { OrderWorker } from './order-worker.ts';

let root: string;
let now: Date;
/** What becomes of each look for the directories of pull request 9. */
let failure: Error | undefined;
/** How many of them there were while there is a failure, and how many fail at most. */
let tries: number;
let failsFor: number;
let worker: OrderWorker;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'order-worker-'));
  now = new Date('2026-03-10T12:00:00Z');
  failure = undefined;
  tries = 0;
  failsFor = Number.POSITIVE_INFINITY;
  worker = new OrderWorker(orderKinds);
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
      if (failure !== undefined && ++tries <= failsFor) throw failure;
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

/** Intervals until the order is set aside, `most` at most; in which of them it was tried. */
async function intervalsUntilAside(most = 60): Promise<number[]> {
  const tried: number[] = [];
  for (let minute = 0; minute < most && (await names('.')).length > 0; minute++) {
    const before = tries;
    await interval();
    if (tries > before) tried.push(minute);
  }
  return tried;
}

it('an order that fails is tried ten times, ever more seldom, then set aside with the reason', async () => {
  await order('g-1', 9);
  failure = new Error('it cannot be done');
  expect(await intervalsUntilAside()).toEqual([0, 1, 2, 4, 8, 13, 18, 23, 28, 33]);
  expect([await names('.'), await names('failed')]).toEqual([[], ['g-1.json', 'g-1.json.why']]);
  const [why = ''] = (await readdir(join(root, 'orders/failed'))).filter((name) => name.endsWith('.why'));
  expect(await readFile(join(root, 'orders/failed', why), 'utf8')).toBe(
    'it failed again and again, at last with: it cannot be done\n',
  );
});

it('counts over restarts, after each of which it is tried at once', async () => {
  await order('g-1', 9);
  failure = new Error('it cannot be done');
  for (let restarts = 0; restarts < 9; restarts++) {
    worker = new OrderWorker(orderKinds);
    await interval();
    expect(tries).toBe(restarts + 1);
  }
  worker = new OrderWorker(orderKinds);
  expect([await intervalsUntilAside(), await names('failed')]).toEqual([[0], ['g-1.json', 'g-1.json.why']]);
});

it('begins to count anew when somebody has put it back, and when it went well meanwhile', async () => {
  await order('g-1', 9);
  failure = new Error('it cannot be done');
  await intervalsUntilAside();
  expect(await replay(root, join(root, 'ids'), 'g-1')).toMatchObject({ kind: 'put back' });
  worker = new OrderWorker(orderKinds);
  expect(await intervalsUntilAside()).toHaveLength(10);
});

it.each`
  attempts                                      | times
  ${{ all: 8, own: 8, forMilliseconds: 1 }}     | ${2}
  ${{ all: 8, own: 1, forMilliseconds: 1 }}     | ${9}
  ${{ all: -1, own: 8, forMilliseconds: 1 }}    | ${10}
  ${{ all: 8, own: '8', forMilliseconds: 1 }}   | ${10}
  ${{ all: 8, own: 8.5, forMilliseconds: 1 }}   | ${10}
  ${{ all: 8, own: 8, forMilliseconds: 1e300 }} | ${10}
  ${{ all: 8, own: 1e300, forMilliseconds: 1 }} | ${10}
  ${{}}                                         | ${10}
  ${[]}                                         | ${10}
  ${'many'}                                     | ${10}
  ${null}                                       | ${10}
`('with $attempts in its file an order is tried $times times more', async ({ attempts, times }) => {
  const [path = ''] = await order('g-1', 9);
  await writeSealed('order', path, { ...(await readSealed(path)), attempts });
  failure = new Error('it cannot be done');
  expect(await intervalsUntilAside()).toHaveLength(times);
});

it('holds up no later clean-up of its pull request while it fails', async () => {
  await order('g-1', 9, { at: '2026-03-10T11:00:00.000Z' });
  await order('g-2', 9, { at: '2026-03-10T11:00:01.000Z' });
  failure = new Error('it cannot be done');
  failsFor = 1;
  await interval();
  expect([await names('.'), await names('done')]).toEqual([['g-1.json'], ['g-2.json']]);
});

it('is not set aside sooner since the disk was full before', async () => {
  await order('g-1', 9);
  failure = Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' });
  expect((await intervalsUntilAside(30)).length).toBeGreaterThan(8);
  failure = new Error('it cannot be done');
  expect(await intervalsUntilAside()).toHaveLength(10);
});

it('one for which the disk is full is tried for three days, restarts or not', async () => {
  await order('g-1', 9);
  failure = Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' });
  for (let times = 0; times < 30; times++) await interval();
  expect(await names('.')).toEqual(['g-1.json']);
  now = new Date('2026-03-13T11:30:00Z');
  await interval();
  expect(await names('.')).toEqual(['g-1.json']);
  worker = new OrderWorker(orderKinds);
  now = new Date('2026-03-20T12:00:00Z'); // while no daemon ran nothing was tried
  await interval();
  expect(await names('.')).toEqual(['g-1.json']);
  now = new Date('2026-03-20T12:31:00Z');
  await interval();
  expect([await names('.'), await names('failed')]).toEqual([[], ['g-1.json', 'g-1.json.why']]);
});

it('waits for as long as GitHub wishes', async () => {
  await order('g-1', 9);
  failure = new TryAgainLater('away', { cause: undefined, retryAfterSeconds: 600 });
  expect(await intervalsUntilAside(25)).toEqual([0, 10, 20]);
});

describe('what is told of an order that is not done', () => {
  const told = () => worker.waiting().map(({ what, fails = false }) => [what, fails]);
  const progressOf = async (path: string, progress: object) =>
    writeSealed('order', path, { ...(await readSealed(path)), progress });

  it('nothing where none is open, or all are done', async () => {
    await interval();
    expect(told()).toEqual([]);
    await order('g-1', 7);
    await interval();
    expect(told()).toEqual([]);
  });

  it('how often it has failed, with what, and when it is tried again', async () => {
    await order('g-1', 9);
    failure = new Error('it cannot be done');
    await interval();
    expect(worker.waiting()).toEqual([
      {
        name: '2026-03-10T12-00-00.000Z_g-1.json',
        what: 'failed once, and is tried again at 2026-03-10T12:01:30.000Z: it cannot be done',
        fails: true,
      },
    ]);
    await interval();
    expect(told()).toEqual([
      ['failed 2 times, and is tried again at 2026-03-10T12:03:00.000Z: it cannot be done', true],
    ]);
    await intervalsUntilAside();
    expect(told()).toEqual([]);
  });

  it('for which job a clean-up waits', async () => {
    const pullRequestDir = join(root, 'jobs/2026.03/pr_9');
    const directory = join(pullRequestDir, 'event_g/run_000/R1');
    await mkdir(directory, { recursive: true });
    const record = {
      ...jobRecord,
      submission: { kind: 'submitted', id: '11' as JobId, cluster: '', at: template.at },
    } as const;
    await writeJobRecord(directory, record);
    await linkJob(pullRequestDir, { id: '11' as JobId, directory });
    now = new Date(Date.now() + 60_000);
    const [path = ''] = await order('g-1', 9);
    await progressOf(path, { placedAt: now.toISOString() });
    await interval();
    expect(told()).toEqual([['waits for jobs that have not ended: 11', false]]);
  });

  it('which earlier order it waits for', async () => {
    const [path = ''] = await order('g-1', 9, { kind: 'deploy', at: '2026-03-10T11:00:00.000Z' });
    await order('g-2', 9, { kind: 'deploy' });
    await order('g-3', 9);
    const pullRequestDir = join(root, 'jobs/2026.03/pr_9');
    await progressOf(path, { planned: [{ ...planned, pullRequestDir, refused: 'no' }] });
    beginInterval({ change: () => Promise.reject(new TryAgainLater('away', { cause: undefined })) });
    await worker.idle();
    expect(told()).toEqual([
      ['failed once, and is tried again at 2026-03-10T12:01:30.000Z: away', true],
      ['waits for an earlier deployment of its pull request', false],
      ['waits for a deployment of its pull request, which is open, or was set aside', false],
    ]);
  });

  it('what hangs, and what waits behind it', async () => {
    const { promise, resolve: end } = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const hanging = {
      change: () => {
        begun.resolve();
        return promise.then(() => Promise.reject(new Unusable('gone')));
      },
    };
    const [path = ''] = await order('g-1', 9, { kind: 'deploy', at: '2026-03-10T11:00:00.000Z' });
    await progressOf(path, { planned: [{ ...planned, pullRequestDir: join(root, 'jobs'), refused: 'no' }] });
    beginInterval(hanging);
    await begun.promise;
    await order('g-2', 9, { at: '2026-03-10T11:00:01.000Z' });
    await expect
      .poll(() => {
        beginInterval();
        return worker.waiting().length;
      })
      .toBe(2);
    expect(told()).toEqual([
      ['is being carried out since 2026-03-10T12:01:00.000Z', false],
      ['waits for an earlier order of its pull request', false],
    ]);
    end();
    await worker.idle();
    await interval();
    expect(told()).toEqual([]);
  });
});

it('a deployment waits for an earlier one of its pull request that is to be tried again, no other does', async () => {
  const away = { change: () => Promise.reject(new TryAgainLater('away', { cause: undefined })) };
  const pullRequestDir = join(root, 'jobs/2026.03/pr_9');
  const planned = [
    { id: '11', directory: join(pullRequestDir, 'gone'), pullRequestDir, commentId: -1, artefact: 'a', refused: 'no' },
  ];
  const [path = ''] = await order('g-1', 9, { kind: 'deploy', at: '2026-03-10T11:00:00.000Z' });
  await writeSealed('order', path, { ...(await readSealed(path)), progress: { planned } });
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

const jobRecord: JobRecord = {
  version: 1,
  repository: { owner: 'O', name: 'R' },
  pullRequest: 9,
  submission: { kind: 'prepared' },
  comment: { kind: 'silent' },
  phase: 'running',
  rows: [],
  rowsSent: 0,
};

it.each`
  text                                                                               | why
  ${'damaged'}                                                                       | ${/^it cannot be understood: it is not JSON: /}
  ${'null'}                                                                          | ${/^it cannot be understood: it has no seal: /}
  ${'[]'}                                                                            | ${/^it cannot be understood: it has no seal: /}
  ${malformed({ version: 2 })}                                                       | ${/version 1: version: has to be 1/}
  ${malformed({ kind: 'build' })}                                                    | ${/kind has to be deploy or preview or clean-up or cancel, and is build$/m}
  ${malformed({ kind: 'constructor' })}                                              | ${/kind has to be deploy or preview or clean-up or cancel, and is constructor$/m}
  ${malformed({ kind: ['deploy'] })}                                                 | ${/kind: has to be a text/}
  ${malformed({ repository: { name: 'R' } })}                                        | ${/repository: has to be \{"owner": …, "name": …\}/}
  ${malformed({ repository: { owner: 'O' } })}                                       | ${/repository: has to be/}
  ${malformed({ repository: { owner: null, name: 'R' } })}                           | ${/repository: has to be/}
  ${malformed({ repository: { owner: '..', name: '..' } })}                          | ${/repository: has to be/}
  ${malformed({ repository: 'O/R' })}                                                | ${/repository: has to be/}
  ${malformed({ pullRequest: 0 })}                                                   | ${/pullRequest: has to be a whole number above 0/}
  ${malformed({ pullRequest: '9' })}                                                 | ${/pullRequest: has to be a whole number above 0/}
  ${malformed({ by: { toString: 1 } })}                                              | ${/by: has to be a text/}
  ${malformed({ by: 'x'.repeat(201) })}                                              | ${/by: has to be shorter/}
  ${malformed({ delivery: '../../x' })}                                              | ${/delivery: has to be the identity of a delivery/}
  ${malformed({ at: { toString: 1, valueOf: 1 } })}                                  | ${/at: has to be a time/}
  ${malformed({ at: 'soon' })}                                                       | ${/at: has to be a time/}
  ${malformed({ head: 'main' })}                                                     | ${/head: has to be a commit/}
  ${malformed({ progress: {} })}                                                     | ${/^how far it was carried out cannot be understood: planned: /}
  ${malformed({ progress: null })}                                                   | ${/how far it was carried out/}
  ${malformed({ progress: { planned: [null] } })}                                    | ${/planned\.0: /}
  ${malformed({ progress: { planned: [{ ...planned, artefact: '../../x' }] } })}     | ${/planned\.0\.artefact: has to be a name/}
  ${malformed({ kind: 'clean-up', progress: { placedAt: 'soon' } })}                 | ${/placedAt: has to be a time/}
  ${malformed({ kind: 'clean-up', progress: { placedAt: template.at, batch: {} } })} | ${/batch\.trash: /}
`('the order $text is set aside at once, with the reason, and stops no other', async ({ text, why }) => {
  await mkdir(join(root, 'orders'), { recursive: true });
  const name = '2026-03-10T11-00-00.000Z_g-0.json';
  await writeFile(join(root, 'orders', name), sealIfObject('order', name, text));
  await order('g-1', 7);
  await order('g-2', 8, { kind: 'deploy' });
  await interval();
  expect([await names('.'), await names('failed')]).toEqual([[], ['g-0.json', 'g-0.json.why']]);
  expect(await readFile(join(root, 'orders/failed/2026-03-10T11-00-00.000Z_g-0.json.why'), 'utf8')).toMatch(why);
  expect((await names('done')).toSorted()).toEqual(['g-1.json', 'g-2.json']);
});

it.each`
  what                                      | name                                   | forge
  ${'somebody else wrote'}                  | ${'2026-03-10T11-00-00.000Z_g-0.json'} | ${(real: string) => JSON.stringify({ ...template, by: 'mallory', at: JSON.parse(real).at })}
  ${'was a clean-up, and says deploy'}      | ${undefined}                           | ${(real: string) => real.replace('"clean-up"', '"deploy"')}
  ${'was copied to another name'}           | ${'2026-03-10T11-00-00.000Z_g-0.json'} | ${(real: string) => real}
  ${'says that all but an upload was done'} | ${undefined}                           | ${(real: string) => real.replace('"at":', '"progress": {}, "at":')}
`(
  'the order that $what is not carried out, is set aside with the reason, and stops no other',
  async ({ name, forge }) => {
    const [real = ''] = await order('g-1', 9);
    await order('g-2', 8);
    const path = name === undefined ? real : join(root, 'orders', name);
    await writeFile(path, forge(await readFile(real, 'utf8')));
    await interval();
    const aside = join(root, 'orders/failed', basename(path));
    expect(await readFile(`${aside}.why`, 'utf8')).toMatch(
      /^it cannot be understood: it has (no seal|a seal that is not)/,
    );
    expect([await names('.'), await names('done')]).toEqual([
      [],
      name === undefined ? ['g-2.json'] : ['g-1.json', 'g-2.json'],
    ]);
  },
);

it('a deployment that hangs holds up those of its own pull request only, also in later intervals', async () => {
  const { promise, resolve: end } = Promise.withResolvers<void>();
  const hanging = { change: () => promise.then(() => Promise.reject(new Unusable('gone'))) };
  const [path = ''] = await order('g-1', 9, { kind: 'deploy' });
  const progress = { planned: [{ ...planned, pullRequestDir: join(root, 'jobs'), refused: 'no' }] };
  await writeSealed('order', path, { ...(await readSealed(path)), progress });
  await order('g-2', 9, { kind: 'deploy' });
  await order('g-3', 8, { kind: 'deploy' });
  beginInterval(hanging);
  await expect.poll(() => names('done')).toContain('g-3.json');
  await order('g-4', 7);
  beginInterval();
  await expect.poll(() => names('done')).toContain('g-4.json');
  expect(await names('.')).toEqual(['g-1.json', 'g-2.json']);
  end();
  await worker.idle();
  expect(await names('.')).toEqual([]);
});
