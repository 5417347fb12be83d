import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isEnough, putBack, readSetAside, setAside } from './set-aside.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'set-aside-'));
  for (const directory of ['inbox/new', 'inbox/done', 'orders/done']) {
    await mkdir(join(stateDir, directory), { recursive: true });
  }
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

const failedDeliveries = () => join(stateDir, 'inbox/failed');
async function delivery(name: string, why = 'it is poisoned'): Promise<void> {
  const path = join(stateDir, 'inbox/new', name);
  await writeFile(path, name);
  await setAside(path, failedDeliveries(), why);
}

it.each`
  failed                                 | times  | hours | isOutside | enough
  ${'in itself, the first time'}         | ${1}   | ${0}  | ${false}  | ${false}
  ${'in itself, once more than allowed'} | ${5}   | ${0}  | ${false}  | ${true}
  ${'since GitHub is away for a day'}    | ${300} | ${24} | ${true}   | ${false}
  ${'since GitHub is away for 3 days'}   | ${900} | ${72} | ${true}   | ${true}
  ${'in itself for 3 days, but seldom'}  | ${4}   | ${80} | ${false}  | ${false}
`('what failed $failed is set aside: $enough', ({ times, hours, isOutside, enough }) => {
  const since = new Date(2025, 0, 1);
  const now = new Date(since.getTime() + hours * 3_600_000);
  expect(isEnough({ times, since }, isOutside, 5, now)).toBe(enough);
});

it('lies beside the reason, and is listed with it', async () => {
  await delivery('1_a.json', 'line 1\n  line 2');
  const order = join(stateDir, 'orders/2_b.json');
  await writeFile(order, '');
  await setAside(order, join(stateDir, 'orders/failed'), 'no order');
  expect(await readSetAside(stateDir)).toMatchObject([
    { kind: 'delivery', name: '1_a.json', path: join(failedDeliveries(), '1_a.json'), why: 'line 1 line 2' },
    { kind: 'order', name: '2_b.json', why: 'no order' },
  ]);
});

it('can be put back once, and asking again tells where it is', async () => {
  await delivery('1_a.json');
  const path = join(stateDir, 'inbox/new/1_a.json');
  expect(await putBack(stateDir, '1_a.json')).toEqual({ kind: 'put back', path });
  expect(await putBack(stateDir, '1_a.json')).toEqual({ kind: 'waiting', path });
  expect(await readFile(path, 'utf8')).toBe('1_a.json');
  expect(await readdir(failedDeliveries())).toEqual([]);
  await writeFile(join(stateDir, 'inbox/done/9_z.json'), '');
  expect(await putBack(stateDir, '9_z')).toEqual({ kind: 'done', path: join(stateDir, 'inbox/done/9_z.json') });
});

it.each([
  ['b.json', { kind: 'ambiguous', names: ['1_b.json', '2_bb.json'] }],
  ['nothing', { kind: 'unknown' }],
  ['2_bb', { kind: 'put back' }],
  ['3_c', { kind: 'damaged' }],
])('a part of a name, %s: %o', async (name, outcome) => {
  await delivery('1_b.json');
  await delivery('2_bb.json');
  await delivery('3_c.json.damaged');
  expect(await putBack(stateDir, name)).toMatchObject(outcome);
});
