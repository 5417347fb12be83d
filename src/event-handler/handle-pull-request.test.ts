import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readKnownHead } from '../jobs/known-head.ts';
import { readOpenOrders } from '../jobs/orders.ts';
import { handlePullRequest } from './handle-pull-request.ts';
import type { PullRequestState } from './route.ts';
import type { Tools } from './tools.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'handle-pull-request-'));
});
afterEach(() => rm(stateDir, { recursive: true }));

const repository = { owner: 'O', name: 'R' };

async function handle(what: 'changed' | 'deploy-label', state: PullRequestState): Promise<void> {
  const settings = { stateDir, deploy: { permission: ['alice'] } };
  const tools = { settings, log: pino({ level: 'silent' }) } as unknown as Tools;
  const route = { kind: 'pull-request', what, repository, pullRequest: 9, sender: 'alice', state } as const;
  const nothingSaid = { read: async () => undefined, write: async () => {} };
  await handlePullRequest(route, `d-${what}`, '2026-03-10T12:00:00.000Z', nothingSaid, tools);
}

it('orders what the label approved: the head that its own event tells, though a push after it was heard of first', async () => {
  const [approved, pushed] = ['a'.repeat(40), 'b'.repeat(40)];
  const base = { baseBranch: 'main' };
  await handle('changed', { ...base, headSha: pushed, headBefore: approved, updatedAt: '2026-03-10T11:59:59Z' });
  await handle('deploy-label', { ...base, headSha: approved, updatedAt: '2026-03-10T11:59:58Z' });
  const { orders } = await readOpenOrders(stateDir);
  expect(orders.map(({ order }) => order)).toMatchObject([{ kind: 'deploy', by: 'alice', head: approved }]);
  expect(await readKnownHead(stateDir, repository, 9)).toBe(pushed);
});
