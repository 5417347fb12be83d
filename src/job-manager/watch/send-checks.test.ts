import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exampleSettings } from '../../../test/example-settings.ts';
import { type JobRecord, readJobRecord, writeJobRecord } from '../../jobs/job-record.ts';
import {
  type Check,
  NotPermitted,
  PerhapsGone,
  RefusedByForge,
  TryAgainLater,
  Unsure,
} from '../../outside/forge/forge.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import { JobStore } from '../records/job-store.ts';
import type { Tools } from '../tools.ts';
import { planCheckNow, sendChecks } from './send-checks.ts';
import { WatchMemory } from './watch-memory.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'send-checks-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

type Fault = 'not done' | 'done, answer lost' | 'gone' | 'not shown' | 'refused';
const hour = 3_600_000;

/** A GitHub of one commit, on which the request of a certain number goes wrong. */
class SmallGitHub {
  readonly runs: Check[] = [];
  readonly statuses: Check[] = [];
  readonly permissions = new Set(['runs', 'statuses']);
  readonly asked: string[] = [];
  faultAt: (request: number) => Fault | undefined = () => undefined;

  readonly outside = {
    createCheck: async (_: unknown, check: Check) =>
      this.#request('create', 'runs', () => ({ id: this.runs.push(check) })),
    updateCheck: async (_: unknown, id: number, check: Check) =>
      this.#request('update', 'runs', () => {
        this.runs[id - 1] = check;
        return 'done' as const;
      }),
    findCheck: async (_: unknown, { identity }: Check) =>
      this.#request('find', 'runs', () => {
        const index = this.runs.findIndex((run) => run.identity === identity);
        return index < 0 ? undefined : { id: index + 1 };
      }),
    setCommitStatus: async (_: unknown, check: Check) =>
      this.#request('set', 'statuses', () => {
        this.statuses.push(check);
        return 'done' as const;
      }),
  };

  #request<T>(what: string, permission: string, apply: () => T): T | 'gone' {
    const fault = this.faultAt(this.asked.push(what));
    if (!this.permissions.has(permission)) throw new NotPermitted('403', { cause: undefined });
    if (fault === 'gone') return 'gone';
    if (fault === 'not shown') throw new PerhapsGone('404', { cause: undefined });
    if (fault === 'refused') throw new RefusedByForge('422');
    if (fault === 'not done') throw new TryAgainLater('502', { cause: undefined });
    const answer = apply();
    if (fault === undefined) return answer;
    throw what === 'create' ? new Unsure('lost') : new TryAgainLater('lost', { cause: undefined });
  }
}

const job = () => ({ id: '12' as JobId, directory });

async function writeRecord(change: Partial<JobRecord> = {}): Promise<void> {
  const before = await readJobRecord(directory);
  await writeJobRecord(directory, {
    version: 1,
    repository: { owner: 'O', name: 'R' },
    pullRequest: 9,
    commit: 'a'.repeat(40),
    target: { repositoryId: 'R1', nodeType: 'cpu', architecture: 'zen2' },
    submission: { kind: 'submitted', id: '12' as JobId, cluster: '', at: '9999-01-01T00:00:00Z' },
    comment: { kind: 'silent' },
    phase: 'submitted',
    rows: [],
    rowsSent: 0,
    ...(before.kind === 'record' && before.record),
    ...change,
  });
}

/** A job manager that was just started, and its intervals. */
function start(
  github: SmallGitHub,
  control: { checkRuns: boolean; commitStatus: boolean } = { checkRuns: true, commitStatus: false },
) {
  const memory = new WatchMemory();
  const clock = { at: 0 };
  const settings = { ...exampleSettings(), control: { ...exampleSettings().control, ...control } };
  const log = { info() {}, warn() {} };
  const tools = {
    forge: github.outside,
    jobs: new JobStore(),
    log,
    settings,
    monotonic: () => clock.at,
  } as unknown as Tools;
  /** What is recorded after an interval, and whether all is told. */
  const look = async () => {
    memory.sending.allWait = false;
    const [now] = await sendChecks([{ job: job(), record: await recorded() }], tools, memory);
    return {
      check: now?.record.check,
      isTold: now !== undefined && planCheckNow(now.record, tools, memory).kind === 'leave it',
    };
  };
  return { look, clock };
}

async function recorded(): Promise<JobRecord> {
  const reading = await readJobRecord(directory);
  if (reading.kind !== 'record') throw new Error('no record');
  return reading.record;
}

it('is made once, follows the job, and ends with it; nothing changed, nothing sent', async () => {
  await writeRecord();
  const github = new SmallGitHub();
  const { look } = start(github);
  for (const change of [
    {},
    {},
    { phase: 'released' },
    { phase: 'running' },
    { phase: 'finished', ended: 'failure' },
    {},
  ] as const) {
    await writeRecord(change);
    expect((await look()).isTold).toBe(true);
  }
  expect(github.asked).toEqual(['find', 'create', 'update', 'update']);
  expect(github.runs.map(({ state }) => state)).toEqual(['failure']);
});

it.each(['not done', 'done, answer lost', 'not shown'] as const)(
  'is there once where a request is %s, whichever',
  async (fault) => {
    for (const failing of [1, 2, 3, 4]) {
      await rm(join(directory, '_bot_job.json'), { force: true });
      await writeRecord();
      const github = new SmallGitHub();
      github.faultAt = (request) => (request === failing ? fault : undefined);
      for (const change of [
        { phase: 'submitted' },
        { phase: 'running' },
        { phase: 'finished', ended: 'success' },
      ] as const) {
        await writeRecord(change);
        await start(github).look(); // a process that is killed after each interval
      }
      expect((await start(github).look()).isTold).toBe(true);
      expect(github.runs.map(({ state }) => state)).toEqual(['success']);
    }
  },
);

it('the permission is missing: asked once an hour; once it is granted, it is shown', async () => {
  await writeRecord();
  const github = new SmallGitHub();
  github.permissions.delete('runs');
  const { look, clock } = start(github);
  for (const minutes of [0, 1, 30, 59]) {
    clock.at = (minutes * hour) / 60;
    expect((await look()).isTold).toBe(true); // nothing waits for it
  }
  expect(github.asked).toEqual(['find']);
  github.permissions.add('runs');
  clock.at = hour;
  expect((await look()).check).toEqual({ kind: 'check run', id: 1, shows: 'queued' });
  expect(github.asked).toEqual(['find', 'find', 'create']);
});

it('the permission is missing: a commit status is set, and stays one', async () => {
  await writeRecord();
  const github = new SmallGitHub();
  github.permissions.delete('runs');
  const { look, clock } = start(github, { checkRuns: true, commitStatus: true });
  expect((await look()).check).toEqual({ kind: 'commit status', shows: 'queued' });
  github.permissions.add('runs');
  clock.at = 2 * hour;
  await writeRecord({ phase: 'finished', ended: 'cancelled' });
  expect((await look()).check).toEqual({ kind: 'commit status', shows: 'cancelled' });
  expect([github.asked, github.runs]).toEqual([['find', 'set', 'set'], []]);
});

it('of a commit that GitHub does not have nothing is shown, and what it refuses is tried five times', async () => {
  await writeRecord();
  const github = new SmallGitHub();
  github.faultAt = () => 'refused';
  const { look, clock } = start(github);
  for (let interval = 1; interval <= 9; interval++) {
    clock.at = interval * hour;
    await look();
  }
  expect((await recorded()).check).toEqual({ kind: 'impossible' });
  expect(github.asked).toEqual(['find', 'find', 'find', 'find', 'find']);
});

it('one that is gone is left', async () => {
  await writeRecord({ check: { kind: 'check run', id: 1, shows: 'queued' }, phase: 'running' });
  const github = new SmallGitHub();
  github.faultAt = () => 'gone';
  expect(await start(github).look()).toEqual({ check: { kind: 'impossible' }, isTold: true });
});

it('a job that puts its record of before back gets no second one', async () => {
  await writeRecord();
  const before = await recorded();
  const github = new SmallGitHub();
  const { look } = start(github);
  await look();
  await writeJobRecord(directory, before);
  await writeRecord({ phase: 'finished', ended: 'success' });
  expect((await look()).isTold).toBe(true);
  expect(github.runs.map(({ state }) => state)).toEqual(['success']);
});
