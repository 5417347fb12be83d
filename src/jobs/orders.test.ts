import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { closeOrder, type Order, placeOrder, pruneOrders, readOpenOrders } from './orders.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'orders-'));
});
afterEach(() => rm(stateDir, { recursive: true }));

const order: Order = {
  version: 1,
  kind: 'deploy',
  repository: { owner: 'O', name: 'R' },
  pullRequest: 9,
  by: 'carol',
  delivery: 'g-1',
  at: '2026-03-10T12:00:00.000Z',
};

it('is placed once for a delivery, also when it is done, and is the bot’s alone', async () => {
  expect(await placeOrder(stateDir, order)).toBe('placed');
  expect(await placeOrder(stateDir, { ...order, at: '2026-03-10T12:00:01.000Z' })).toBe('placed before');
  const { orders } = await readOpenOrders(stateDir);
  expect(orders.map((open) => open.order)).toEqual([order]);
  for (const open of orders) await closeOrder(open);
  expect(await placeOrder(stateDir, order)).toBe('placed before');
  for (const name of ['orders', 'orders/done']) expect((await stat(join(stateDir, name))).mode & 0o777).toBe(0o700);
});

it('half-written files go after an hour, of orders and of reasons', async () => {
  await placeOrder(stateDir, order);
  await mkdir(join(stateDir, 'orders/failed'));
  const half = ['orders/.x.json.abc.tmp', 'orders/failed/.x.json.why.abc.tmp'].map((path) => join(stateDir, path));
  for (const path of half) await writeFile(path, '');
  const left = async () =>
    (await readdir(join(stateDir, 'orders'), { recursive: true })).filter((name) => name.endsWith('.tmp'));
  await pruneOrders(stateDir, new Date());
  expect(await left()).toHaveLength(2);
  await pruneOrders(stateDir, new Date(Date.now() + 2 * 3600 * 1000));
  expect(await left()).toEqual([]);
  expect((await readOpenOrders(stateDir)).orders).toHaveLength(1);
});

it('is forgotten thirty days after it was ordered and done, not while it is open', async () => {
  const [later, open] = [
    { ...order, delivery: 'g-2', at: '2026-03-20T12:00:00.000Z' },
    { ...order, delivery: 'g-3' },
  ];
  for (const each of [order, later]) await placeOrder(stateDir, each);
  for (const each of (await readOpenOrders(stateDir)).orders) await closeOrder(each);
  await placeOrder(stateDir, open);
  await pruneOrders(stateDir, new Date('2026-04-10T12:00:00.000Z'));
  expect(await readdir(join(stateDir, 'orders/done'))).toEqual(['2026-03-20T12-00-00.000Z_g-2.json']);
  expect((await readOpenOrders(stateDir)).orders.map(({ order: { delivery } }) => delivery)).toEqual(['g-3']);
});
