import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { closing } from '../../../test/closing.ts';
import { cancelKind, cancellationOf, readCancellations } from '../../jobs/cancellations.ts';
import { type JobRecord, readJobRecord, writeJobRecord } from '../../jobs/job-record.ts';
import { placeOrder, readOpenOrders } from '../../jobs/orders.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import { jobState } from '../../outside/slurm/job-state.ts';
import type { CancelAnswer, JobId } from '../../outside/slurm/slurm.ts';
import { writeProgress } from '../orders/order-progress.ts';
import { JobStore } from '../records/job-store.ts';
import type { OrderTools } from '../tools.ts';
import { cancelOrder } from './cancel-order.ts';

const id = '7' as JobId;
const repository = { owner: 'O', name: 'R' };
let root: string;
let directory: string;
/** Slurm's state of the job, and what it answers when the job is to be cancelled. */
let state: string;
let answer: CancelAnswer;
let cancelled: number;
/** What the job does when it is cancelled. */
let onCancel: () => Promise<void>;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cancel-order-'));
  directory = join(root, 'job');
  await mkdir(directory);
  [state, answer, cancelled, onCancel] = ['RUNNING', { kind: 'cancelled' }, 0, async () => {}];
  await writeJobRecord(directory, record);
  const job = { id, directory };
  await placeOrder(root, {
    ...{ version: 1, kind: cancelKind, repository, pullRequest: 9, by: 'alice', job },
    ...{ delivery: cancellationOf('g', job), at: '2026-03-10T12:00:00.000Z' },
  });
});
afterEach(() => rm(root, { recursive: true }));

const record: JobRecord = {
  version: 1,
  repository,
  pullRequest: 9,
  submission: { kind: 'submitted', id, cluster: '', at: '2026-03-10T11:00:00.000Z' },
  comment: { kind: 'posted', id: 70, head: 'head' as Markdown },
  phase: 'running',
  rows: [],
  rowsSent: 0,
};

/** Carries out what is open; undefined: nothing is. */
async function carryOut(): Promise<string | undefined> {
  const { orders } = await readOpenOrders(root);
  const [open] = orders;
  const tools = {
    settings: { jobManager: { jobIdsDir: join(root, 'ids') } },
    slurm: {
      askFor: async () =>
        new Map([[id, { kind: 'job', state, reason: 'None', is: jobState({ state, reason: 'None' }) }]]),
      cancel: async () => {
        cancelled++;
        await onCancel();
        return answer;
      },
    },
    jobs: new JobStore(),
    now: () => new Date('2026-03-10T12:00:05Z'),
    log: pino({ level: 'silent' }),
  } as unknown as OrderTools;
  return open && (await closing(cancelOrder)(open, tools));
}

async function rows(): Promise<readonly string[] | undefined> {
  const reading = await readJobRecord(directory);
  return reading.kind === 'record' ? reading.record.rows.map(({ text }) => text) : undefined;
}
const row = 'job id `7` was cancelled by `alice`';

it('cancels the job once, says so in a row, and stays open until the end of the job is told', async () => {
  expect([await carryOut(), cancelled, await rows()]).toEqual(['waits', 1, [row]]);
  expect([await carryOut(), cancelled, await rows()]).toEqual(['waits', 1, [row]]);
  await writeJobRecord(directory, { ...record, phase: 'finished' });
  expect([await carryOut(), cancelled]).toEqual(['done', 1]);
  expect(await carryOut()).toBeUndefined();
});

it.each`
  what                                                | slurm           | says                 | rows
  ${'has been cancelled meanwhile: its end tells it'} | ${'CANCELLED'}  | ${undefined}         | ${[]}
  ${'has completed: its end tells it'}                | ${'COMPLETED'}  | ${undefined}         | ${[]}
  ${'is ending already'}                              | ${'COMPLETING'} | ${{ kind: 'ended' }} | ${[]}
`('waits for the end of a job that $what', async ({ slurm, says, rows: expected }) => {
  [state, answer] = [slurm, says ?? { kind: 'refused', message: 'is not asked' }];
  expect([await carryOut(), await rows()]).toEqual(['waits', expected]);
});

it.each`
  says                                             | error
  ${{ kind: 'unavailable', message: 'timed out' }} | ${/not known whether Slurm has cancelled job 7: timed out/}
  ${{ kind: 'refused', message: 'Access denied' }} | ${/Slurm does not cancel job 7: Access denied/}
`('fails, and is tried again, where Slurm says $says', async ({ says, error }) => {
  answer = says;
  await expect(carryOut()).rejects.toThrow(error);
  answer = { kind: 'cancelled' };
  expect([await carryOut(), await rows()]).toEqual(['waits', [row]]);
});

const isAsked = async () => (await readCancellations(root)).of({ id, directory })?.isAsked;

it('notes before it asks Slurm to cancel the job that it may have been: by that the end is told', async () => {
  const [open] = (await readOpenOrders(root)).orders;
  if (open === undefined) throw new Error('there is no order');
  await writeProgress({ ...open, order: { ...open.order, notAskedYet: true } }, undefined);
  const seen: (boolean | undefined)[] = [await isAsked()];
  onCancel = async () => void seen.push(await isAsked());
  expect([await carryOut(), seen, await isAsked()]).toEqual(['waits', [false, true], true]);
});

it('asks Slurm to cancel no job that has ended while it was away, and notes nothing', async () => {
  const [open] = (await readOpenOrders(root)).orders;
  if (open === undefined) throw new Error('there is no order');
  await writeProgress({ ...open, order: { ...open.order, notAskedYet: true } }, undefined);
  state = 'OUT_OF_MEMORY';
  expect([await carryOut(), cancelled, await isAsked()]).toEqual(['waits', 0, false]);
});

it('cancels a job that has taken away its record, of which nothing is told', async () => {
  await rm(join(directory, '_bot_job.json'));
  expect([await carryOut(), cancelled]).toEqual(['done', 1]);
});

// The simulator found it: seed 9308980. The order was set aside, though Slurm had cancelled the job.
it.each`
  does                       | spoil
  ${'takes it away'}         | ${() => rm(join(directory, '_bot_job.json'))}
  ${'writes one of its own'} | ${() => writeFile(join(directory, '_bot_job.json'), '{"version":1}')}
`('is done with a job that $does while Slurm cancels it', async ({ spoil }) => {
  onCancel = spoil;
  expect([await carryOut(), cancelled]).toEqual(['waits', 1]);
  expect([await carryOut(), cancelled]).toEqual(['done', 1]);
});

it('cancels a job that was set aside, whose end nobody will tell', async () => {
  await mkdir(join(root, 'ids/failed'), { recursive: true });
  await symlink(directory, join(root, 'ids/failed/7'));
  expect([await carryOut(), cancelled, await rows()]).toEqual(['done', 1, []]);
  expect(await readdir(join(root, 'orders/done'))).toHaveLength(1);
});
