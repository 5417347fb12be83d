import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { otherFileSystem } from '../../test/other-file-system.ts';
import type { JobId } from '../outside/slurm/slurm.ts';
import { finishJob, handOver, lookAmongSetAside, readHandovers, readSubmitted, takeJob } from './handovers.ts';
import { drop, readSetAside, replay, setAside, setJobAside } from './set-aside.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'set-aside-'));
  for (const directory of ['inbox/new', 'inbox/done', 'orders/done']) {
    await mkdir(join(stateDir, directory), { recursive: true });
  }
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

const ids = () => join(stateDir, 'ids');
const job = (event: string, id = '11') => ({
  id: id as JobId,
  directory: `/jobs/2026.11/pr_9/event_${event}/run_000/R1`,
});
const failedDeliveries = () => join(stateDir, 'inbox/failed');
async function delivery(name: string, why = 'it is poisoned'): Promise<void> {
  const path = join(stateDir, 'inbox/new', name);
  await writeFile(path, name);
  await setAside(path, failedDeliveries(), why);
}

it('lies beside the reason, and is listed with it', async () => {
  await delivery('1_a.json', 'line 1\n  line 2');
  const order = join(stateDir, 'orders/2_b.json');
  await writeFile(order, '');
  await setAside(order, join(stateDir, 'orders/failed'), 'no order');
  expect(await readSetAside(stateDir, ids())).toMatchObject([
    { kind: 'delivery', name: '1_a.json', path: join(failedDeliveries(), '1_a.json'), why: 'line 1 line 2' },
    { kind: 'order', name: '2_b.json', why: 'no order' },
  ]);
});

it('can be put back once, and asking again tells where it is', async () => {
  await delivery('1_a.json');
  const path = join(stateDir, 'inbox/new/1_a.json');
  expect(await replay(stateDir, ids(), '1_a.json')).toEqual({ kind: 'put back', path });
  expect(await replay(stateDir, ids(), '1_a.json')).toEqual({ kind: 'waiting', path });
  expect(await readFile(path, 'utf8')).toBe('1_a.json');
  expect(await readdir(failedDeliveries())).toEqual([]);
  await writeFile(join(stateDir, 'inbox/done/9_z.json'), '');
  expect(await replay(stateDir, ids(), '9_z')).toEqual({ kind: 'done', path: join(stateDir, 'inbox/done/9_z.json') });
});

it.each([
  ['5c8e-44', { kind: 'ambiguous', names: ['2026-11-28T10-00_e08a5c8e-44.json', '2026-11-28T10-01_f18a5c8e-44.json'] }],
  ['nothing', { kind: 'unknown' }],
  ['e08a5c8e', { kind: 'put back' }],
  ['2026-11-28T10-00_e08a', { kind: 'put back' }],
  ['2026-11-28T10-00_e08a5c8e-44', { kind: 'put back' }],
  ['3_c', { kind: 'damaged' }],
  ['', { kind: 'unknown' }],
  ['28', { kind: 'unknown' }],
  ['_', { kind: 'unknown' }],
  ['2026-11-28T10-00', { kind: 'unknown' }],
  ['.json', { kind: 'unknown' }],
  ['e08', { kind: 'unknown' }],
])('a part of a name, %j: %o', async (name, outcome) => {
  await delivery('2026-11-28T10-00_e08a5c8e-44.json');
  await delivery('2026-11-28T10-01_f18a5c8e-44.json');
  await delivery('3_c.json.damaged');
  expect(await replay(stateDir, ids(), name)).toMatchObject(outcome);
});

it.each`
  where                      | isHandedOver | isTaken
  ${'followed'}              | ${false}     | ${true}
  ${'handed over'}           | ${true}      | ${false}
  ${'half taken'}            | ${true}      | ${true}
  ${'in the queue, no more'} | ${false}     | ${false}
`('a job that is $where lies with the other jobs that were set aside, once', async ({ isHandedOver, isTaken }) => {
  if (isTaken) await takeJob(stateDir, ids(), job('a'));
  if (isHandedOver) await handOver(stateDir, job('a'));
  await takeJob(stateDir, ids(), job('b', '12'));
  for (const why of ['first', 'it is damaged']) await setJobAside(stateDir, ids(), job('a'), why);
  expect([await readSubmitted(ids()), await readHandovers(stateDir)]).toEqual([[job('b', '12')], []]);
  expect(await readSetAside(stateDir, ids())).toMatchObject([
    { kind: 'job', name: '11', path: join(ids(), 'failed/11'), why: 'it is damaged' },
  ]);
  expect([await lookAmongSetAside(ids(), job('a')), await lookAmongSetAside(ids(), job('b'))]).toEqual([
    'this one',
    'another',
  ]);
});

it('a job is put back by its whole number, once, and asking again puts nothing else back', async () => {
  await takeJob(stateDir, ids(), job('a'));
  await setJobAside(stateDir, ids(), job('a'), 'it is damaged');
  await delivery('2026-11-11_a.json');
  for (const number of ['1', '26']) expect(await replay(stateDir, ids(), number)).toEqual({ kind: 'unknown' });
  const path = join(ids(), 'submitted/11');
  expect(await replay(stateDir, ids(), '11')).toEqual({ kind: 'put back', path });
  expect([await readSubmitted(ids()), await readdir(join(ids(), 'failed'))]).toEqual([[job('a')], []]);
  expect(await replay(stateDir, ids(), '11')).toEqual({ kind: 'waiting', path });
  await finishJob(ids(), job('a').id);
  expect(await replay(stateDir, ids(), '11')).toEqual({ kind: 'done', path: join(ids(), 'finished/11') });
  expect((await readSetAside(stateDir, ids())).map(({ kind }) => kind)).toEqual(['delivery']);
});

it('what is given up lies with what is done', async () => {
  await delivery('1_a.json');
  await delivery('2_b.json.damaged');
  await takeJob(stateDir, ids(), job('a'));
  await setJobAside(stateDir, ids(), job('a'), 'it is damaged');
  expect(await drop(stateDir, ids(), 'no such')).toEqual({ kind: 'unknown' });
  const damaged = join(failedDeliveries(), '2_b.json.damaged');
  expect(await drop(stateDir, ids(), '2_b')).toEqual({ kind: 'removed', path: damaged });
  for (const name of ['1_a.json', '11']) expect(await drop(stateDir, ids(), name)).toMatchObject({ kind: 'given up' });
  expect([await readdir(failedDeliveries()), await readdir(join(ids(), 'failed'))]).toEqual([[], []]);
  expect([await readdir(join(stateDir, 'inbox/done')), await readdir(join(ids(), 'finished'))]).toEqual([
    ['1_a.json'],
    ['11'],
  ]);
  expect(await drop(stateDir, ids(), '11')).toEqual({ kind: 'done', path: join(ids(), 'finished/11') });
});

it('of two jobs that were given one number, the one that is followed comes to its end first', async () => {
  await takeJob(stateDir, ids(), job('a'));
  await setJobAside(stateDir, ids(), job('a'), 'it is damaged');
  expect(await takeJob(stateDir, ids(), job('b'))).toBe('taken');
  expect(await replay(stateDir, ids(), '11')).toEqual({ kind: 'another', path: join(ids(), 'submitted/11') });
  expect(await readSubmitted(ids())).toEqual([job('b')]);
  await finishJob(ids(), job('b').id);
  expect(await replay(stateDir, ids(), '11')).toMatchObject({ kind: 'put back' });
  expect(await readSubmitted(ids())).toEqual([job('a')]);
});

it('a job is not set aside in the place of an earlier one of its number, until a person has dropped that', async () => {
  await takeJob(stateDir, ids(), job('a'));
  await setJobAside(stateDir, ids(), job('a'), 'it is damaged');
  await handOver(stateDir, job('b'));
  const path = join(ids(), 'failed/11');
  await expect(setJobAside(stateDir, ids(), job('b'), 'it is gone')).rejects.toThrow(
    `${path} is an earlier job, to which Slurm gave the same number`,
  );
  expect(await readSetAside(stateDir, ids())).toMatchObject([{ name: '11', why: 'it is damaged' }]);
  expect([await lookAmongSetAside(ids(), job('a')), await readHandovers(stateDir)]).toEqual(['this one', [job('b')]]);
  await drop(stateDir, ids(), '11');
  await setJobAside(stateDir, ids(), job('b'), 'it is gone');
  expect([await lookAmongSetAside(ids(), job('b')), await readHandovers(stateDir)]).toEqual(['this one', []]);
});

const otherPlace = otherFileSystem();
it.skipIf(otherPlace === undefined)('a job is set aside from one file system onto another', async () => {
  const other = await mkdtemp(join(otherPlace ?? '', 'set-aside-'));
  try {
    await handOver(stateDir, job('a'));
    await setJobAside(stateDir, other, job('a'), 'it is gone');
    expect([await readSetAside(stateDir, other), await readHandovers(stateDir)]).toMatchObject([[{ name: '11' }], []]);
    expect((await stat(other)).dev).not.toBe((await stat(stateDir)).dev);
  } finally {
    await rm(other, { recursive: true });
  }
});

it('what waits already is prepared as well, and stays where it is', async () => {
  await takeJob(stateDir, ids(), job('a'));
  const path = join(ids(), 'submitted/11');
  const prepared: unknown[] = [];
  const outcome = await replay(stateDir, ids(), '11', async (named) => void prepared.push(named));
  expect([outcome, prepared]).toEqual([{ kind: 'waiting', path }, [{ kind: 'job', name: '11', path }]]);
});
