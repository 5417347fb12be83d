import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readKnownHead, readWithdrawal } from '../jobs/known-pull-request.ts';
import { readOpenOrders } from '../jobs/orders.ts';
import type { PullRequestState } from '../outside/forge/webhooks.ts';
import { handlePullRequest } from './handle-pull-request.ts';
import type { Tools } from './tools.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'handle-pull-request-'));
});
afterEach(() => rm(stateDir, { recursive: true }));

const repository = { owner: 'O', name: 'R' };

async function handle(
  what: 'changed' | 'deploy-label' | 'deploy-label-removed',
  state: PullRequestState,
  delivery = `d-${what}`,
): Promise<void> {
  const settings = { stateDir, deploy: { permission: ['alice'] } };
  const tools = { settings, log: pino({ level: 'silent' }) } as unknown as Tools;
  const route = { kind: 'pull-request', what, repository, pullRequest: 9, sender: 'alice', state } as const;
  const plan = { read: async () => undefined, write: async () => {} };
  await handlePullRequest(route, { guid: delivery, receivedAt: '2026-03-10T12:00:00.000Z', plan }, tools);
}

it('orders what the label approved: the head that its own event tells, though a push after it was heard of first', async () => {
  const [approved, pushed] = ['a'.repeat(40), 'b'.repeat(40)];
  const base = { baseBranch: 'main' };
  await handle('changed', { ...base, headSha: pushed, headBefore: approved, updatedAt: '2026-03-10T11:59:59Z' });
  await handle('deploy-label', { ...base, headSha: approved, updatedAt: '2026-03-10T11:59:58Z' });
  const { orders } = await readOpenOrders(stateDir);
  expect(orders.map(({ order }) => order)).toMatchObject([{ kind: 'deploy', by: 'alice', head: approved }]);
  expect(await readKnownHead(stateDir, { repository, pullRequest: 9 })).toBe(pushed);
});

const at = (seconds: number): PullRequestState => ({
  ...{ baseBranch: 'main', headSha: 'a'.repeat(40) },
  updatedAt: `2026-03-10T12:00:${String(seconds).padStart(2, '0')}Z`,
});
const labelled = (seconds: number, delivery: string) => handle('deploy-label', at(seconds), delivery);
const takenOff = (seconds: number) => handle('deploy-label-removed', at(seconds), `off-${seconds}`);
/** The deliveries that ordered a deployment, and of which the label was taken off. */
async function ordered() {
  const { orders } = await readOpenOrders(stateDir);
  const told = orders.map(async ({ order }) => {
    const withdrawal = await readWithdrawal(stateDir, order);
    return withdrawal ? `${order.delivery}, withdrawn by ${withdrawal.by}` : order.delivery;
  });
  return await Promise.all(told);
}

it('withdraws a deployment when its label is taken off, and no later one', async () => {
  await labelled(1, 'd-1');
  expect(await ordered()).toEqual(['d-1']);
  await takenOff(2);
  expect(await ordered()).toEqual(['d-1, withdrawn by alice']);
  await labelled(3, 'd-2');
  expect(await ordered()).toEqual(['d-1, withdrawn by alice', 'd-2']);
  await takenOff(2); // sent again, under another identity
  expect(await ordered()).toEqual(['d-1, withdrawn by alice', 'd-2']);
});

it('orders nothing by a label that was taken off again, where that was heard of first', async () => {
  await takenOff(5);
  await labelled(4, 'd-1');
  expect(await ordered()).toEqual([]);
  await labelled(5, 'd-2'); // set anew within the second
  expect(await ordered()).toEqual(['d-2']);
});
