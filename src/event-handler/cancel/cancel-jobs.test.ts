import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exampleSettings } from '../../../test/example-settings.ts';
import { type JobRecord, readJobRecord, writeJobRecord } from '../../jobs/job-record.ts';
import { writeMetadata } from '../../jobs/metadata.ts';
import { closeOrder, readOpenOrders } from '../../jobs/orders.ts';
import { cancelRow } from '../../messages/job-rows.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import { jobState } from '../../outside/slurm/job-state.ts';
import type { CancelAnswer, JobId, JobReading, Slurm } from '../../outside/slurm/slurm.ts';
import { cancel } from '../commands/cancel.ts';
import type { CommandLine } from '../commands/command.ts';
import { cancelJobs } from './cancel-jobs.ts';

const repository = { owner: 'O', name: 'R' };
let root: string;
let settings: ReturnType<typeof exampleSettings>;
/** What Slurm says of a job; RUNNING where nothing is set. */
let states: Map<string, string>;
let answers: Map<string, CancelAnswer>;
/** In which order it was asked to cancel which, and of which an order lay there by then. */
let cancelled: { id: string; isOrdered: boolean }[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cancel-jobs-'));
  const example = exampleSettings();
  settings = {
    ...example,
    stateDir: join(root, 'state'),
    build: { ...example.build, jobsBaseDir: join(root, 'jobs') },
    jobManager: { ...example.jobManager, jobIdsDir: join(root, 'ids') },
  };
  [states, answers, cancelled] = [new Map(), new Map(), []];
});
afterEach(() => rm(root, { recursive: true }));

async function submit(id: string, pullRequest = 9, repositoryName = 'R'): Promise<void> {
  const pullRequestDir = join(root, `jobs/2026.03/pr_${pullRequest}`);
  const directory = join(pullRequestDir, `event_g/run_000/${id}`);
  await mkdir(directory, { recursive: true });
  const where = { repository: { ...repository, name: repositoryName }, pullRequest };
  await writeJobRecord(directory, {
    ...{ version: 1, ...where, orderedBy: { login: 'alice', id: 1 }, phase: 'running', rows: [], rowsSent: 0 },
    ...{ submission: { kind: 'submitted', id: id as JobId, cluster: '', at: '2026-03-10T11:00:00.000Z' } },
    ...{ comment: { kind: 'silent' } },
  });
  await writeMetadata(directory, id as JobId, { ...where, commentId: 5 });
  await symlink(directory, join(pullRequestDir, id));
  await mkdir(join(root, 'ids/submitted'), { recursive: true });
  await symlink(directory, join(root, 'ids/submitted', id));
}

const openOrders = async () => (await readOpenOrders(settings.stateDir)).orders.map(({ order }) => order);

const slurm: Pick<Slurm, 'askFor' | 'cancel'> = {
  async askFor(jobs) {
    const reading = ({ id }: { id: JobId }): JobReading => {
      const state = states.get(id) ?? 'RUNNING';
      if (state === 'away') return { kind: 'unreadable', why: 'timed out' };
      return { kind: 'job', state, reason: 'None', is: jobState({ state, reason: 'None' }) };
    };
    return new Map(jobs.map((job) => [job.id, reading(job)]));
  },
  async cancel({ id }) {
    cancelled.push({ id, isOrdered: (await openOrders()).some(({ job }) => job?.id === id) });
    return answers.get(id) ?? { kind: 'cancelled' };
  },
};

const command = async (ids?: readonly string[], delivery = 'd-1') =>
  await cancelJobs(
    { ...(ids && { ids }), filters: [] },
    { delivery, repository, pullRequest: 9, orderedBy: { login: 'alice', id: 1 } },
    { settings, slurm, now: () => new Date('2026-03-10T12:00:00Z'), log: pino({ level: 'silent' }) },
  );

it('writes down that a job is to be cancelled, and by whom, before Slurm is asked', async () => {
  await submit('7');
  await submit('8');
  await submit('9', 10);
  expect(await command()).toEqual({ cancelled: ['7', '8'], later: [], refused: [] });
  expect(cancelled).toEqual([
    { id: '7', isOrdered: true },
    { id: '8', isOrdered: true },
  ]);
  expect(await openOrders()).toMatchObject([
    { kind: 'cancel', by: 'alice', delivery: 'd-1-cancel-7', job: { id: '7' } },
    { kind: 'cancel', by: 'alice', delivery: 'd-1-cancel-8', job: { id: '8' } },
  ]);
});

it('once more after a kill: what was ordered is seen to, whatever has become of it, and nothing is ordered twice', async () => {
  for (const id of ['7', '8', '9']) await submit(id);
  await command(['7', '8']);
  states.set('7', 'CANCELLED').set('8', 'COMPLETED');
  expect(await command(['7', '8'])).toEqual({
    ...{ cancelled: ['7'], later: [] },
    refused: [{ id: '8', why: { kind: 'ended', how: '`COMPLETED`' } }],
  });
  expect([cancelled.length, (await openOrders()).length]).toEqual([2, 2]);
});

it('orders nothing of what has ended; of what Slurm does not answer for it orders it', async () => {
  await submit('7');
  await submit('8');
  await submit('9');
  states.set('7', 'COMPLETED').set('8', 'away');
  answers.set('9', { kind: 'refused', message: 'Access/permission denied' });
  expect(await command()).toEqual({
    cancelled: [],
    later: ['8'],
    refused: [
      { id: '7', why: { kind: 'ended', how: '`COMPLETED`' } },
      { id: '9', why: { kind: 'refused', message: 'Access/permission denied' } },
    ],
  });
  expect((await openOrders()).map(({ job }) => job?.id)).toEqual(['8', '9']);
  expect(await command(['8'], 'd-2')).toMatchObject({
    refused: [{ id: '8', why: { kind: 'cancelled before', by: 'alice' } }],
  });
  expect(await readdir(join(settings.stateDir, 'orders/done'))).toEqual([]);
});

it('where Slurm was away, the order says that it was not asked, and after a kill that is left to the job manager', async () => {
  await submit('7');
  await submit('8');
  states.set('7', 'away');
  await command();
  expect((await openOrders()).map(({ job, notAskedYet }) => [job?.id, notAskedYet])).toEqual([
    ['7', true],
    ['8', undefined],
  ]);
  states.delete('7');
  expect(await command()).toEqual({ cancelled: ['8'], later: ['7'], refused: [] });
  expect(cancelled.map(({ id }) => id)).toEqual(['8', '8']);
});

it('after a kill, of a job whose end is told by then, its rows say whether it was cancelled by this command', async () => {
  await submit('7');
  await submit('8');
  states.set('7', 'away').set('8', 'away');
  await command();
  const tell = async (id: string, rows: JobRecord['rows']) => {
    const [known] = (await openOrders()).filter(({ job }) => job?.id === id);
    const directory = known?.job?.directory ?? '';
    const reading = await readJobRecord(directory);
    if (reading.kind === 'record') await writeJobRecord(directory, { ...reading.record, phase: 'finished', rows });
  };
  await tell('7', [{ at: new Date(), state: 'finished', text: '`CANCELLED` (by eve)' as Markdown }]);
  await tell('8', [cancelRow(new Date(), '8', 'alice')]);
  for (const { path } of (await readOpenOrders(settings.stateDir)).orders) await closeOrder({ path });
  states.set('7', 'CANCELLED').set('8', 'CANCELLED');
  expect(await command()).toEqual({
    ...{ cancelled: ['8'], later: [] },
    refused: [{ id: '7', why: { kind: 'ended', how: '`CANCELLED`' } }],
  });
});

const filter = (component: 'jobid' | 'instance' | 'architecture', pattern: string) => ({ component, pattern });

it.each`
  filters                                                 | whose
  ${[]}                                                   | ${'ours'}
  ${[filter('architecture', 'zen4')]}                     | ${'ours'}
  ${[filter('jobid', '7')]}                               | ${'ours'}
  ${[filter('jobid', '007'), filter('jobid', '99')]}      | ${'ours'}
  ${[filter('jobid', '8')]}                               | ${'ours'}
  ${[filter('jobid', '99')]}                              | ${'not-here'}
  ${[filter('jobid', '99'), filter('instance', 'bot-a')]} | ${'ours'}
  ${[filter('jobid', '12_1')]}                            | ${'ours'}
`('a command with $filters: $whose', async ({ filters, whose }) => {
  await submit('7');
  await submit('8', 10);
  const line = { kind: 'command', name: 'cancel', filters, words: [], expanded: '' } satisfies CommandLine;
  expect(await cancel.whoseIs?.(line, { repository, pullRequest: 9 }, settings)).toMatchObject({ kind: whose });
});

it('where no job of the pull request is, and none is named, it is said at chatty only', async () => {
  await submit('7', 9, 'another');
  const line = { kind: 'command', name: 'cancel', filters: [], words: [], expanded: '' } satisfies CommandLine;
  expect(await cancel.whoseIs?.(line, { repository, pullRequest: 9 }, settings)).toEqual({
    kind: 'nothing-matches',
    reason: 'this instance has no job of this pull request; `bot: status` lists those of all instances',
  });
});
