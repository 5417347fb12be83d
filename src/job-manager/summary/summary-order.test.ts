import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type JobRecord, writeJobRecord } from '../../jobs/job-record.ts';
import { placeOrder, readOpenOrders } from '../../jobs/orders.ts';
import { type Comment, type Markdown, type RepositoryName, Unsure } from '../../outside/forge/forge.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import type { ChatLevel } from '../../settings/settings.ts';
import type { OrderTools } from '../tools.ts';
import { summaryOrder } from './summary-order.ts';

let root: string;
let comments: Comment[];
let edits: number;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'summary-order-'));
  comments = [];
  edits = 0;
});
afterEach(() => rm(root, { recursive: true }));

/** GitHub, which may post a comment, or edit it, and lose the answer. */
function makeTools({ lost = '', chatLevel = 'basic' as ChatLevel, isGone = false } = {}): OrderTools {
  const forge = {
    createComment: async (_: RepositoryName, issue: number, body: Markdown) => {
      if (isGone) return 'gone';
      const author = { login: 'bot-a[bot]', isBot: true };
      const comment = { id: comments.length + 1, url: `u${issue}`, body, author, createdAt: '' };
      comments.push(comment);
      if (lost === 'create') throw new Unsure('the answer was lost');
      return comment;
    },
    updateComment: async (_: RepositoryName, id: number, body: Markdown) => {
      edits += 1;
      comments = comments.map((each) => (each.id === id ? { ...each, body } : each));
      if (lost === 'update') throw new Unsure('the answer was lost');
      return isGone ? 'gone' : 'updated';
    },
    listComments: async () => comments,
  };
  const settings = { github: { appName: 'bot-a' }, control: { chatLevel } };
  return { settings, forge, log: pino({ level: 'silent' }) } as unknown as OrderTools;
}

const repository = { owner: 'A', name: 'x' };
const directoryOf = (id: string) => join(root, 'jobs', id);

async function job(id: string, phase: JobRecord['phase'], change: Partial<JobRecord> = {}): Promise<void> {
  await mkdir(directoryOf(id), { recursive: true });
  const at = new Date('2026-03-10T11:00:00.000Z');
  await writeJobRecord(directoryOf(id), {
    version: 1,
    ...{ repository, pullRequest: 5, target: { repositoryId: 'R1', architecture: 'x86_64/amd/zen2' } },
    submission: { kind: 'submitted', id: id as JobId, cluster: '', at: at.toISOString() },
    comment: { kind: 'posted', id: 1, url: 'u', head: 'head' as Markdown },
    phase,
    rows: phase === 'finished' ? [{ at, state: 'finished', text: 'SUCCESS' as Markdown }] : [],
    rowsSent: 0,
    ...change,
  });
}

const stateDir = () => join(root, 'state');
async function order(...ids: string[]): Promise<void> {
  await placeOrder(stateDir(), {
    ...{ version: 1, kind: 'summary', repository, pullRequest: 5, by: 'alice', delivery: 'd-1_run_000' },
    ...{ at: '2026-03-10T11:00:00Z', directories: ids.map(directoryOf) },
  });
}
async function carryOut(tools = makeTools()): Promise<string> {
  const [open] = (await readOpenOrders(stateDir())).orders;
  return open === undefined ? 'no order' : await summaryOrder(open, tools);
}
const rows = () =>
  comments.map(({ body }) =>
    body
      .split('\n')
      .slice(4)
      .map((row) => row.split('|').slice(3, 5).join(' ')),
  );

it('posts once, edits what has changed, and ends when all jobs have', async () => {
  await job('11', 'submitted');
  await job('12', 'submitted', { submission: { kind: 'refused', message: 'no such partition' } });
  await order('11', '12');
  expect(await carryOut()).toBe('waits');
  expect(rows()).toEqual([['submitted ', 'no job ']]);
  expect([await carryOut(), edits]).toEqual(['waits', 0]);
  await job('11', 'running');
  expect([await carryOut(), edits]).toEqual(['waits', 1]);
  await job('11', 'finished');
  expect([await carryOut(), edits]).toEqual(['done', 2]);
  expect(rows()).toEqual([['finished :grin: SUCCESS', 'no job ']]);
  expect(await carryOut()).toBe('no order');
});

it.each(['create', 'update'])(
  'is one comment, also where the answer to %s is lost and jobs go on meanwhile',
  async (lost) => {
    await job('11', 'submitted');
    await order('11');
    if (lost === 'update') await carryOut();
    await job('11', lost === 'update' ? 'running' : 'submitted');
    await expect(carryOut(makeTools({ lost }))).rejects.toThrow('the answer was lost');
    await job('11', 'finished');
    expect(await carryOut()).toBe('done');
    expect(rows()).toEqual([['finished :grin: SUCCESS']]);
  },
);

it('ends where the pull request, or the comment, is gone', async () => {
  await job('11', 'running');
  await order('11');
  expect(await carryOut(makeTools({ isGone: true }))).toBe('done');
  expect(comments).toEqual([]);
});

it('leaves its table as it is where jobs were cleaned up', async () => {
  await job('11', 'running');
  await order('11', '12');
  expect(await carryOut()).toBe('done');
  expect(comments).toEqual([]);
});

it('says nothing at incognito', async () => {
  await job('11', 'running');
  await order('11');
  expect(await carryOut(makeTools({ chatLevel: 'incognito' }))).toBe('done');
  expect(comments).toEqual([]);
});
