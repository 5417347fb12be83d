import { mkdir, mkdtemp, readdir, readFile, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { closing } from '../../../test/closing.ts';
import { readSealed, writeSealed } from '../../../test/sealed-files.ts';
import { handOver, linkJob } from '../../jobs/handovers.ts';
import { type JobRecord, writeJobRecord } from '../../jobs/job-record.ts';
import { writeMetadata } from '../../jobs/metadata.ts';
import { closeOrder, placeOrder, readOpenOrders } from '../../jobs/orders.ts';
import { drop, setAside, setJobAside } from '../../jobs/set-aside.ts';
import {
  type Comment,
  type Markdown,
  type OfPullRequest,
  type RepositoryName,
  Unsure,
} from '../../outside/forge/forge.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import type { ChatLevel } from '../../settings/chat-levels.ts';
import type { Tools } from '../tools.ts';
import { cleanUpOrder as carryOut } from './clean-up-order.ts';

const cleanUpOrder = closing(carryOut);
let root: string;
let comments: Comment[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'clean-up-order-'));
  comments = [];
  await mkdir(join(root, 'ids/submitted'), { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

const theirs = { owner: 'B', name: 'x' };
const ours = { owner: 'A', name: 'x' };
const now = new Date('2025-02-01T23:30:00-05:00');
const trash = () => join(root, 'trash/A/x/2025.02.02');

/** What GitHub does with a comment: posts it, or posts it and loses the answer. */
function makeTools(answer: 'given' | 'lost' = 'given', chatLevel: ChatLevel = 'chatty'): Tools {
  const github = {
    createComment: async ({ pullRequest: issue }: OfPullRequest, body: Markdown) => {
      const author = { login: 'bot-a[bot]', isBot: true };
      const comment = { id: comments.length + 1, url: `u${issue}`, body, author, createdAt: '' };
      comments.push(comment);
      if (answer === 'lost') throw new Unsure('the answer was lost');
      return comment;
    },
    listComments: async () => comments,
    readOwnLogin: async () => 'bot-a[bot]',
  };
  const settings = {
    stateDir: join(root, 'state'),
    control: { chatLevel },
    build: { jobsBaseDir: join(root, 'jobs') },
    jobManager: { jobIdsDir: join(root, 'ids') },
    cleanUp: { trashBinDir: join(root, 'trash') },
    texts: { movedJobDirs: 'moved {job_dirs} to {trash_bin_dir}' },
  };
  return {
    settings,
    forge: github,
    now: () => now,
    monotonic: () => now.getTime(),
    log: pino({ level: 'silent' }),
  } as unknown as Tools;
}

interface JobToMake {
  readonly month?: string;
  readonly repository?: RepositoryName;
  readonly runs?: boolean;
  readonly record?: Partial<JobRecord>;
  readonly hasMetadata?: boolean;
}

async function makeJob(text: string, job: JobToMake = {}): Promise<string> {
  const { month = '2025.01', repository = ours } = job;
  const id = text as JobId;
  const path = join(root, 'jobs', month, 'pr_5');
  const directory = join(path, `event_${id}/run_000/x86_64/generic/R1`);
  await mkdir(directory, { recursive: true });
  await linkJob(path, { id, directory });
  if (job.runs) await linkJob(join(root, 'ids/submitted'), { id, directory });
  if (job.hasMetadata !== false) await writeMetadata(directory, id, { repository, pullRequest: 5, commentId: 1 });
  const record: JobRecord = {
    version: 1,
    repository,
    pullRequest: 5,
    submission: { kind: 'submitted', id, cluster: '', at: '2026-03-10T11:00:00.000Z' },
    comment: { kind: 'posted', id: 1, head: 'head' as Markdown },
    phase: 'finished',
    rows: [],
    rowsSent: 0,
  };
  if (job.record) await writeJobRecord(directory, { ...record, ...job.record });
  return directory;
}

const ends = (id: string) => unlink(join(root, 'ids/submitted', id));

async function close(delivery = 'd-1') {
  const at = '2025-02-01T12:00:00Z';
  await placeOrder(join(root, 'state'), {
    version: 1,
    kind: 'clean-up',
    repository: ours,
    pullRequest: 5,
    by: 'bob',
    delivery,
    at,
  });
  return await openOrder(delivery);
}
async function openOrder(delivery = 'd-1') {
  const { orders } = await readOpenOrders(join(root, 'state'));
  const found = orders.find(({ order }) => order.delivery === delivery);
  if (found === undefined) throw new Error('the order is closed');
  return found;
}
const openOrders = async () => (await readOpenOrders(join(root, 'state'))).orders.length;

/** `MONTH/pr_N: links` of a directory of months. */
async function linksIn(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const month of (await readdir(directory).catch(() => [])).sort()) {
    for (const name of (await readdir(join(directory, month))).sort()) {
      const ids = (await readdir(join(directory, month, name))).filter((each) => /^\d+$/.test(each));
      found.push(`${month}/${name}: ${ids.sort().join(' ')}`);
    }
  }
  return found;
}
const kept = () => linksIn(join(root, 'jobs'));
const moved = () => linksIn(trash());
const said = () => comments.map(({ body }) => body);
const telling = (...links: string[]) =>
  `moved [${links.map((link) => `'${join(root, 'jobs', link)}'`).join(', ')}] to ${trash()}`;

it('moves every month, by the date in UTC, and tells it once', async () => {
  await makeJob('7', { month: '2024.12' });
  await makeJob('11');
  await makeJob('12', { record: {} });
  expect(await cleanUpOrder(await close(), makeTools())).toBe('done');
  expect(await kept()).toEqual([]);
  expect(await moved()).toEqual(['2024.12/pr_5: 7', '2025.01/pr_5: 11 12']);
  expect(said()).toEqual([telling('2024.12/pr_5/7', '2025.01/pr_5/11', '2025.01/pr_5/12')]);
  expect(await openOrders()).toBe(0);
});

it('says nothing below chatty', async () => {
  await makeJob('11');
  await cleanUpOrder(await close(), makeTools('given', 'basic'));
  expect([await moved(), said()]).toEqual([['2025.01/pr_5: 11'], []]);
});

it('moves jobs of this repository only', async () => {
  await makeJob('11');
  await makeJob('12', { repository: { owner: 'B', name: 'x' } });
  await makeJob('7', { month: '2024.12', repository: { owner: 'B', name: 'x' } });
  expect(await cleanUpOrder(await close(), makeTools())).toBe('done');
  expect(await kept()).toEqual(['2024.12/pr_5: 7', '2025.01/pr_5: 12']);
  expect(await moved()).toEqual(['2025.01/pr_5: 11']);
});

it('leaves alone what has no ID link, and says nothing', async () => {
  await mkdir(join(root, 'jobs/2025.01/pr_5/event_d'), { recursive: true });
  expect(await cleanUpOrder(await close(), makeTools())).toBe('done');
  expect([await kept(), said()]).toEqual([['2025.01/pr_5: '], []]);
});

it('moves at once what has ended, the rest when it has, a comment each; reopened and closed again: the next name', async () => {
  await makeJob('11');
  await makeJob('12', { runs: true });
  expect(await cleanUpOrder(await close(), makeTools())).toBe('waits');
  expect([await moved(), await kept()]).toEqual([['2025.01/pr_5: 11'], ['2025.01/pr_5: 12']]);
  expect(await cleanUpOrder(await openOrder(), makeTools())).toBe('waits');
  await makeJob('13');
  await ends('12');
  expect(await cleanUpOrder(await openOrder(), makeTools())).toBe('done');
  expect(await kept()).toEqual(['2025.01/pr_5: 13']);
  expect(await cleanUpOrder(await close('d-2'), makeTools())).toBe('done');
  expect(await moved()).toEqual(['2025.01/pr_5: 11', '2025.01/pr_5.1: 12', '2025.01/pr_5.2: 13']);
  expect(await kept()).toEqual([]);
  expect(said()).toEqual(['11', '12', '13'].map((id) => telling(`2025.01/pr_5/${id}`)));
});

it.each`
  what                                    | job
  ${'is followed by the watch'}           | ${{ runs: true, record: { phase: 'finished' } }}
  ${'has a row that GitHub has not seen'} | ${{ record: { rows: [{ at: now, state: 'uploaded', text: 'x' }] } }}
  ${'is not handed over yet'}             | ${{ hasMetadata: false, record: { phase: 'submitted' } }}
`('waits for a job that $what', async ({ job }) => {
  await makeJob('11', job);
  expect(await cleanUpOrder(await close(), makeTools())).toBe('waits');
  expect([await kept(), await openOrders()]).toEqual([['2025.01/pr_5: 11'], 1]);
});

it.each`
  what                                                 | record
  ${'has ended, and whose build removed its metadata'} | ${{ phase: 'finished' }}
  ${'has ended, and whose number another one has now'} | ${undefined}
`('does not wait for a job that $what', async ({ record }) => {
  await makeJob('11', { hasMetadata: record === undefined, record });
  const directory = join(root, 'jobs/2025.01/pr_6/event_11/run_000/R1');
  await linkJob(join(root, 'ids/submitted'), { id: '11' as JobId, directory });
  expect(await cleanUpOrder(await close(), makeTools())).toBe('done');
  expect(await moved()).toEqual(['2025.01/pr_5: 11']);
});

it('plans anew what was only planned when the pull request was reopened', async () => {
  await makeJob('11');
  await writeFile(join(root, 'trash'), 'in the way');
  const { path } = await close();
  await expect(cleanUpOrder(await openOrder(), makeTools())).rejects.toThrow('ENOTDIR');
  expect(await readFile(path, 'utf8')).toContain('"planned"');
  const directory = join(root, 'jobs/2025.01/pr_5/event_12/run_000/R1');
  await mkdir(directory, { recursive: true });
  await linkJob(join(root, 'ids/submitted'), { id: '12' as JobId, directory });
  await linkJob(join(root, 'jobs/2025.01/pr_5'), { id: '12' as JobId, directory });
  await rm(join(root, 'trash'));
  expect(await cleanUpOrder(await openOrder(), makeTools())).toBe('done');
  expect([await moved(), await kept()]).toEqual([['2025.01/pr_5: 11'], ['2025.01/pr_5: 12']]);
  expect(said()).toEqual([telling('2025.01/pr_5/11')]);
});

/** What the event handler has decided, and not carried out. */
async function plan(delivery: string): Promise<string> {
  const path = join(root, 'state/inbox/plans', `${delivery}.json`);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, '{}');
  return path;
}

it('leaves what another repository is just building under the same number', async () => {
  await makeJob('11');
  await mkdir(join(root, 'jobs/2025.01/pr_5/event_theirs/run_000/R1'), { recursive: true });
  await plan('theirs');
  expect(await cleanUpOrder(await close(), makeTools())).toBe('done');
  expect(await moved()).toEqual(['2025.01/pr_5: 11']);
  expect(await readdir(join(root, 'jobs/2025.01/pr_5'))).toEqual(['event_theirs']);
});

it('waits for the jobs of a command that was set aside half done: put back, it goes by their directories', async () => {
  await makeJob('11');
  const path = await plan('11');
  expect(await cleanUpOrder(await close(), makeTools())).toBe('waits');
  expect(await kept()).toEqual(['2025.01/pr_5: 11']);
  await rm(path);
  expect(await cleanUpOrder(await openOrder(), makeTools())).toBe('done');
});

it('goes by the records of jobs, not by what they wrote into their metadata', async () => {
  const mine = await makeJob('11', { record: {} });
  const others = await makeJob('12', { repository: theirs, record: {} });
  await writeMetadata(mine, '11' as JobId, { repository: theirs, pullRequest: 5, commentId: 1 });
  await writeMetadata(others, '12' as JobId, { repository: ours, pullRequest: 5, commentId: 1 });
  expect(await cleanUpOrder(await close(), makeTools())).toBe('done');
  expect([await moved(), await kept()]).toEqual([['2025.01/pr_5: 11'], ['2025.01/pr_5: 12']]);
});

it('leaves a job that has the number of an earlier one, and no link', async () => {
  await makeJob('11');
  const directory = join(root, 'jobs/2025.01/pr_5/event_later/run_000/R1');
  await mkdir(directory, { recursive: true });
  const order = await close();
  await linkJob(join(root, 'ids/submitted'), { id: '11' as JobId, directory });
  expect(await cleanUpOrder(order, makeTools())).toBe('done');
  expect(await moved()).toEqual(['2025.01/pr_5: 11']);
  expect(await readdir(join(root, 'jobs/2025.01/pr_5'))).toEqual(['event_later']);
});

it('waits for a deployment that was set aside', async () => {
  await makeJob('11');
  const order = { version: 1, kind: 'deploy', repository: ours, pullRequest: 5, by: 'bob', delivery: 'd-0' } as const;
  await placeOrder(join(root, 'state'), { ...order, at: '2025-02-01T12:00:00Z' });
  await setAside((await openOrder('d-0')).path, join(root, 'state/orders/failed'), 'it failed');
  expect(await cleanUpOrder(await close(), makeTools())).toBe('waits');
  expect(await drop(join(root, 'state'), join(root, 'ids'), 'd-0')).toMatchObject({ kind: 'given up' });
  expect(await cleanUpOrder(await openOrder(), makeTools())).toBe('done');
});

it('waits for a job that was handed over and not taken yet', async () => {
  const directory = await makeJob('11');
  await handOver(join(root, 'state'), { id: '11' as JobId, directory });
  expect(await cleanUpOrder(await close(), makeTools())).toBe('waits');
});

it('waits for a job that was set aside: it may run', async () => {
  const directory = await makeJob('11');
  const [stateDir, ids] = [join(root, 'state'), join(root, 'ids')];
  await setJobAside(stateDir, ids, { id: '11' as JobId, directory }, 'its record is damaged');
  expect(await cleanUpOrder(await close(), makeTools())).toBe('waits');
  await rm(join(ids, 'failed/11'));
  expect(await cleanUpOrder(await openOrder(), makeTools())).toBe('done');
});

it('waits for an open deployment of the pull request, and for no other', async () => {
  await makeJob('11');
  const at = '2025-02-01T12:00:00Z';
  const deployment = { version: 1, kind: 'deploy', repository: ours, pullRequest: 5, by: 'bob', at } as const;
  await placeOrder(join(root, 'state'), { ...deployment, delivery: 'd-other', pullRequest: 6 });
  await placeOrder(join(root, 'state'), { ...deployment, delivery: 'd-0' });
  expect(await cleanUpOrder(await close(), makeTools())).toBe('waits');
  await closeOrder(await openOrder('d-0'));
  expect(await cleanUpOrder(await openOrder(), makeTools())).toBe('done');
});

it('leaves a directory in which a job is just being made', async () => {
  await makeJob('11');
  const order = await close();
  await mkdir(join(root, 'jobs/2025.01/pr_5/event_new/run_000'), { recursive: true });
  expect(await cleanUpOrder(order, makeTools())).toBe('done');
  expect(await readdir(join(root, 'jobs/2025.01/pr_5'))).toEqual(['event_new']);
  expect(await moved()).toEqual(['2025.01/pr_5: 11']);
});

it('follows no link out of the pull request directory', async () => {
  await makeJob('11');
  await mkdir(join(root, 'elsewhere'));
  await writeMetadata(join(root, 'elsewhere'), '12' as JobId, { repository: ours, pullRequest: 5, commentId: 1 });
  await symlink(join(root, 'elsewhere'), join(root, 'jobs/2025.01/pr_5/12'));
  expect(await cleanUpOrder(await close(), makeTools())).toBe('done');
  expect(await readdir(join(root, 'elsewhere'))).toEqual(['_bot_job12.metadata']);
  expect(await kept()).toEqual(['2025.01/pr_5: 12']);
});

it('tells once what it moved before the answer was lost', async () => {
  await makeJob('11');
  await expect(cleanUpOrder(await close(), makeTools('lost'))).rejects.toThrow(Unsure);
  expect(await moved()).toEqual(['2025.01/pr_5: 11']);
  expect(await cleanUpOrder(await openOrder(), makeTools())).toBe('done');
  expect(said()).toEqual([telling('2025.01/pr_5/11')]);
});

it('tells what it moved before it was killed', async () => {
  await makeJob('11');
  const { path } = await close();
  const dying = { ...makeTools(), forge: {} as Tools['forge'] };
  await expect(cleanUpOrder(await openOrder(), dying)).rejects.toThrow('createComment');
  expect(await readFile(path, 'utf8')).toContain('"done"');
  // As it was on the disk when the move had been made, and neither it nor a comment been written down.
  const order = await readSealed(path);
  delete order.progress.batch.said;
  order.progress.batch.moves[0].state = 'aside';
  await writeSealed('order', path, order);
  expect(await cleanUpOrder(await openOrder(), makeTools())).toBe('done');
  expect([await moved(), said()]).toEqual([['2025.01/pr_5: 11'], [telling('2025.01/pr_5/11')]]);
});
