import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSealed, writeSealedRecord } from '../../../test/sealed-files.ts';
import { cancelKind, cancellationOf } from '../../jobs/cancellations.ts';
import { handOver, linkJob } from '../../jobs/handovers.ts';
import { type JobRecord, readJobRecord, writeJobRecord } from '../../jobs/job-record.ts';
import { writeMetadata } from '../../jobs/metadata.ts';
import { type Order, placeOrder } from '../../jobs/orders.ts';
import { replay } from '../../jobs/set-aside.ts';
import { checkBeforeWrites } from '../../outside/files/check-before-writes.ts';
import { type Markdown, TryAgainLater } from '../../outside/forge/forge.ts';
import type { EndFacts } from '../../outside/slurm/job-state.ts';
import { jobState } from '../../outside/slurm/job-state.ts';
import type { AskedJob, JobAddress, JobId, JobReading, Slurm } from '../../outside/slurm/slurm.ts';
import { dialects } from '../../settings/dialects.ts';
import type { Texts } from '../../settings/settings.ts';
import { JobStore } from '../records/job-store.ts';
import type { Tools } from '../tools.ts';
import { WatchMemory } from './watch-memory.ts';
import { watchOnce } from './watch-once.ts';

const id = '7' as JobId;
const texts = {
  awaitsLaunch: 'job awaits launch by Slurm scheduler{extra_info}',
  runningJob: 'job `{job_id}` is running',
  jobResultUnknown: 'no `{filename}`',
  jobTestUnknown: 'no `{filename}`',
} as unknown as Texts;
let root: string;
let directory: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'watch-once-'));
  directory = join(root, 'job');
  await mkdir(directory);
  await mkdir(join(root, 'ids/submitted'), { recursive: true });
  await mkdir(join(root, 'state'));
  const repository = { owner: 'O', name: 'R' };
  const record: JobRecord = {
    version: 1,
    repository,
    pullRequest: 9,
    submission: { kind: 'submitted', id, cluster: '', at: '2026-03-10T11:00:00.000Z' },
    comment: { kind: 'posted', id: 70, head: 'head' as Markdown },
    phase: 'submitted',
    rows: [],
    rowsSent: 0,
  };
  await writeJobRecord(directory, record);
  await writeMetadata(directory, id, { repository, pullRequest: 9, commentId: 70 });
  await linkJob(join(root, 'ids/submitted'), { id, directory });
});
afterEach(() => rm(root, { recursive: true }));

interface Interval {
  /** `STATE REASON` of the job in the queue; absent: the queue does not show it. */
  readonly queue?: string;
  readonly workDir?: string;
  /** Where the queue shows the job. */
  readonly cluster?: string;
  /** Why the queue's entry of the job cannot be read. */
  readonly unread?: string;
  /** Entries of the queue besides. */
  readonly more?: readonly object[];
  readonly release?: Slurm['release'];
  /** What Slurm answers when it is asked for the job. */
  readonly asked?: JobReading;
  /** What comes of reading the job's comment. */
  readonly readComment?: (repository: unknown, comment: number) => Promise<object>;
  /** GitHub is away, whichever comment is written. */
  readonly isAway?: true;
  readonly isAttested?: boolean;
  /** Without it nothing is kept from interval to interval. */
  readonly memory?: WatchMemory;
}

let now: Date;
/** What the job's comment shows, and that of another one. */
let shown: string;
let shownOfOther: string;
/** Which comments were written. */
let written: number[];
const updateComment = async (_on: unknown, comment: number, text: string) => {
  written.push(comment);
  if (comment === 70) shown = text;
  else shownOfOther = text;
  return 'done';
};
const tryToUpdate = async (_repository: unknown, comment: number) => {
  written.push(comment);
  throw new TryAgainLater('GitHub is away', { cause: undefined });
};
/** How often Slurm was asked for jobs by their ids. */
let timesAsked: number;
/** For which jobs it was asked last. */
let lastAsked: readonly AskedJob[];
/** For which ends it was asked for more, and what it answered. */
let factsAsked: string[];
let facts: EndFacts;
beforeEach(() => {
  [factsAsked, facts] = [[], {}];
  now = new Date('2026-03-10T12:00:00Z');
  [shown, shownOfOther] = ['head', 'head'];
  written = [];
  timesAsked = 0;
});

/** One interval, a minute after the one before. The record afterwards. */
async function watch({
  queue,
  workDir = directory,
  cluster = '',
  unread,
  more = [],
  release,
  asked,
  readComment = async (_on, comment) => ({ body: comment === 70 ? shown : shownOfOther }),
  isAway,
  isAttested = false,
  memory = new WatchMemory(),
}: Interval): Promise<JobRecord | undefined> {
  const [state = '', reason = 'None'] = queue?.split(' ') ?? [];
  const entry = { id, cluster, partition: 'main', state, reason, workDir, is: jobState({ state, reason }) };
  now = new Date(now.getTime() + 60_000);
  const tools = {
    settings: {
      stateDir: join(root, 'state'),
      texts,
      build: { handoverProtocol: { kind: 'hold_release' }, jobsBaseDir: root },
      jobManager: { jobIdsDir: join(root, 'ids'), pollIntervalSeconds: 60, logTailLines: 3 },
      deploy: { attestation: isAttested },
      appName: 'my-bot',
      control: { checkRuns: false, commitStatus: false },
      dialect: dialects['9'],
    },
    forge: {
      updateComment: isAway ? tryToUpdate : updateComment,
      readComment,
      readOwnLogin: async () => 'my-bot[bot]',
    },
    slurm: {
      readQueue: async () => ({
        kind: 'queue',
        entries: [...(queue === undefined ? [] : [entry]), ...more],
        ...(unread !== undefined && { unread: [{ id, why: unread }] }),
      }),
      release,
      readEndFacts: async (_job: AskedJob, how: string) => {
        factsAsked.push(how);
        return facts;
      },
      askFor: async (jobs: readonly AskedJob[]) => {
        timesAsked++;
        lastAsked = jobs;
        return new Map([[id, asked]]);
      },
    },
    jobs: new JobStore(),
    now: () => now,
    monotonic: () => now.getTime(),
    log: pino({ level: 'silent' }),
  } as unknown as Tools;
  await watchOnce(tools, memory);
  const reading = await readJobRecord(directory);
  return reading.kind === 'record' ? reading.record : undefined;
}

const states = (record: JobRecord | undefined) => record?.rows.map((row) => row.state);
const ending = (record: JobRecord | undefined) => record?.rows.find((row) => row.state === 'finished')?.text;
const answer = (printed: Parameters<typeof jobState>[0]) =>
  ({ kind: 'job', ...printed, is: jobState(printed) }) as const;
const runs = answer({ state: 'RUNNING', reason: 'None' });
const unknown: JobReading = { kind: 'unknown' };
const cancelled = answer({ state: 'CANCELLED', reason: 'None' });

it('a job that ends before a manager that was killed at its release looks again still gets the row released', async () => {
  const killed = await watch({
    queue: 'PENDING JobHeldUser',
    release: async () => new Map([[id, { kind: 'failed', message: 'killed here' }]]),
  });
  expect(states(killed)).toEqual([]);
  const after = await watch({ queue: 'COMPLETED' });
  expect(states(after)).toEqual(['released', 'finished', 'test result']);
  expect(after?.rows[0]?.at.toISOString()).toBe(killed?.releaseBegun);
});

it('a job that was cancelled before anybody released it gets no row released', async () => {
  const after = await watch({ queue: 'CANCELLED', asked: answer({ ...cancelled, cancelledBy: 'eve' }) });
  expect(states(after)).toEqual(['finished', 'test result']);
  expect(ending(after)).toBe('`CANCELLED` (by eve) no `_bot_job7.result`');
});

const cancel = (job = { id, directory }, more: Partial<Order> = {}) =>
  placeOrder(join(root, 'state'), {
    ...{ version: 1, kind: cancelKind, repository: { owner: 'O', name: 'R' }, pullRequest: 9, by: 'alice', job },
    ...{ delivery: cancellationOf('g', job), at: now.toISOString(), ...more },
  });
const textsOf = (record: JobRecord | undefined) => record?.rows.map(({ state, text }) => `${state}: ${text}`);

it('a held job that somebody has cancelled is not released, and its end says by whom', async () => {
  await cancel();
  expect((await watch({ queue: 'PENDING JobHeldUser' }))?.phase).toBe('submitted');
  const after = await watch({ queue: 'CANCELLED', asked: answer(cancelled) });
  expect(textsOf(after)).toEqual([
    'finished: job id `7` was cancelled by `alice`',
    'finished: `CANCELLED` by `alice`',
    'test result: no `_bot_job7.test`',
  ]);
  expect(after).toMatchObject({ cancelled: { by: 'alice' }, result: { build: '`CANCELLED`' } });
});

it.each`
  asked          | text
  ${'COMPLETED'} | ${'finished: no `_bot_job7.result`'}
  ${'TIMEOUT'}   | ${'finished: `TIMEOUT` no `_bot_job7.result`'}
`('a job that somebody wanted to cancel, and that ended as $asked before, is told so', async ({ asked, text }) => {
  await cancel();
  const record = await watch({ queue: asked });
  expect(textsOf(record)?.[0]).toBe(text);
});

// The simulator found the second: seed 9321080.
it.each`
  slurm                                               | text
  ${{ queue: 'CANCELLED', asked: answer(cancelled) }} | ${'finished: `CANCELLED` no `_bot_job7.result`'}
  ${{ asked: unknown }}                               | ${'finished: `VANISHED` (Slurm no longer knows this job) no `_bot_job7.result`'}
`(
  'a job that was to be cancelled, and ended while Slurm was away, is not told as cancelled',
  async ({ slurm, text }) => {
    await cancel(undefined, { notAskedYet: true });
    for (const _ of [1, 2]) await watch(slurm);
    expect(textsOf(await watch(slurm))?.[0]).toBe(text);
  },
);

it.each`
  queue                  | built                                             | tested                      | result
  ${'COMPLETED'}         | ${'<details>:grin: SUCCESS, 0 FAILURE</details>'} | ${':cry: FAILURE'}          | ${{ build: ':grin: SUCCESS', test: ':cry: FAILURE' }}
  ${'TIMEOUT TimeLimit'} | ${':shrug: UNKNOWN'}                              | ${'in the words of a site'} | ${{ build: '`TIMEOUT` (TimeLimit) :shrug: UNKNOWN' }}
  ${'COMPLETED'}         | ${'job id `7` was cancelled by `eve`'}            | ${'`TIMEOUT` SUCCESS'}      | ${{ test: ':grin: SUCCESS' }}
`('the record of a job that ended as $queue has its result: $result', async ({ queue, built, tested, result }) => {
  await writeFile(join(directory, '_bot_job7.result'), `[RESULT]\ncomment_description = ${built}\n`);
  await writeFile(join(directory, '_bot_job7.test'), `[TEST]\ncomment_description = ${tested}\n`);
  const record = await watch({ queue });
  expect([record?.result, record?.cancelled]).toEqual([result, undefined]);
});

it('another job of that number that somebody has cancelled says nothing of this one', async () => {
  await cancel({ id, directory: '/jobs/2020.01/pr_1/x' });
  const record = await watch({ queue: 'CANCELLED', asked: answer(cancelled) });
  expect(textsOf(record)?.[0]).toBe('finished: `CANCELLED` no `_bot_job7.result`');
});

it('accounting is given an interval to learn who cancelled a job', async () => {
  const late = { ...cancelled, stillToCome: 'accounting does not have it yet' };
  expect(ending(await watch({ queue: 'CANCELLED', asked: late }))).toBeUndefined();
  expect(ending(await watch({ queue: 'CANCELLED', asked: late }))).toBe('`CANCELLED` no `_bot_job7.result`');
});

it('a job that nobody knows has vanished after three answers, whatever comes between them and whoever is restarted', async () => {
  await watch({ queue: 'RUNNING' });
  for (const asked of [unknown, { kind: 'unreadable', why: 'it hung' }, unknown] as const)
    expect(ending(await watch({ asked }))).toBeUndefined();
  expect(ending(await watch({ asked: unknown }))).toBe(
    '`VANISHED` (Slurm no longer knows this job) no `_bot_job7.result`',
  );
});

it('one that is seen again begins anew', async () => {
  for (const interval of [
    { asked: unknown },
    { asked: unknown },
    { queue: 'RUNNING' },
    { asked: unknown },
    { asked: runs },
  ])
    expect(ending(await watch(interval))).toBeUndefined();
  for (const _ of [1, 2]) expect(ending(await watch({ asked: unknown }))).toBeUndefined();
});

it('a requeued job has not ended, though its first run left its end marker and its result', async () => {
  await writeFile(join(directory, '_bot_job7.end'), 'exit = 1\nreason = no disk\n');
  await writeFile(join(directory, '_bot_job7.result'), '[RESULT]\ncomment_description = built\n');
  const again = ['RUNNING', 'COMPLETING', 'PENDING BeginTime', 'REQUEUED', 'REQUEUE_HOLD', 'SPECIAL_EXIT', 'SUSPENDED'];
  for (const queue of [...again, 'PENDING JobHeldUser', 'RUNNING']) await watch({ queue });
  for (const asked of [answer({ state: 'PENDING', reason: 'None' }), unknown, { kind: 'unreadable', why: '' }] as const)
    await watch({ asked });
  const record = await watch({ queue: 'RUNNING' });
  expect(states(record)).toEqual(['released', 'running']);
  expect(ending(await watch({ queue: 'TIMEOUT TimeLimit' }))).toBe('`TIMEOUT` (TimeLimit) built');
});

it('a job that Slurm forgot is told by the end marker of its script', async () => {
  await watch({ queue: 'RUNNING' });
  await writeFile(join(directory, '_bot_job7.end'), 'exit = 1\nreason = no disk\n');
  expect(ending(await watch({ asked: unknown }))).toBeUndefined();
  expect(ending(await watch({ asked: unknown }))).toBe('`FAILED` (no disk) no `_bot_job7.result`');
});

it('a job that Slurm knows, but not by the name or the user of the queue, comes to its end all the same', async () => {
  const held = answer({ state: 'PENDING', reason: 'JobHeldUser' });
  const release = async () => new Map([[id, { kind: 'released' } as const]]);
  expect(states(await watch({ asked: held, release }))).toEqual(['released']);
  expect(states(await watch({ asked: runs }))).toEqual(['released', 'running']);
  const record = await watch({ asked: answer({ state: 'FAILED', reason: 'NonZeroExitCode', exitCode: '3:0' }) });
  expect(ending(record)).toBe('`FAILED` (NonZeroExitCode, exit code 3) no `_bot_job7.result`');
});

it('another job that was given the id says nothing of this one', async () => {
  await watch({ queue: 'RUNNING' });
  const record = await watch({ queue: 'COMPLETED', workDir: join(root, 'another'), asked: runs });
  expect(states(record)).toEqual(['released', 'running']);
});

it.each`
  answer                                               | asked | minutes
  ${runs}                                              | ${33} | ${120}
  ${{ kind: 'unreadable', why: 'it hung' }}            | ${33} | ${120}
  ${{ ...unknown, stillToCome: 'accounting is away' }} | ${11} | ${60}
`(
  'a job that stays missing, since Slurm answers $answer, is asked for $asked times in $minutes minutes',
  async ({ answer, asked, minutes }) => {
    await watch({ queue: 'RUNNING' });
    for (let minute = 0; minute < minutes; minute++) expect(ending(await watch({ asked: answer }))).toBeUndefined();
    expect(timesAsked).toBe(asked);
  },
);

it('a job that cannot be released is left alone for longer each time, and is no trouble any more once it is', async () => {
  const memory = new WatchMemory();
  const held = 'PENDING JobHeldUser';
  const attempts: number[] = [];
  for (let interval = 1; interval <= 8; interval++) {
    const release = async () => {
      attempts.push(interval);
      return new Map([[id, { kind: 'failed', message: 'Invalid job id specified' } as const]]);
    };
    await watch({ queue: held, release, memory });
  }
  expect(attempts).toEqual([1, 2, 4, 8]);
  expect([...memory.told]).toEqual([['release 7', 'Invalid job id specified']]);
  await watch({ queue: 'RUNNING', memory });
  expect([...memory.told]).toEqual([]);
});

it('jobs that are due are released by one call; one that fails is tried again alone', async () => {
  const memory = new WatchMemory();
  const held = { state: 'PENDING', reason: 'JobHeldUser' };
  const other = await another();
  const more = [{ ...other.entry, ...held, is: jobState(held) }];
  const asked: string[][] = [];
  const release = async (jobs: readonly JobAddress[]) => {
    asked.push(jobs.map((job) => job.id));
    const answer = (job: JobAddress) =>
      job.id === id && asked.length === 1 ? { kind: 'failed' as const, message: 'no' } : { kind: 'released' as const };
    return new Map(jobs.map((job) => [job.id, answer(job)]));
  };
  expect(states(await watch({ queue: 'PENDING JobHeldUser', more, release, memory }))).toEqual([]);
  expect(states(await other.record())).toEqual(['released']);
  expect(states(await watch({ queue: 'PENDING JobHeldUser', more, release, memory }))).toEqual(['released']);
  expect(asked).toEqual([['7', '8'], ['7']]);
});

it('a job is not released while it cannot be recorded that this begins', async () => {
  const memory = new WatchMemory();
  const asked: string[] = [];
  const release = async (jobs: readonly JobAddress[]) => {
    asked.push(...jobs.map((job) => job.id));
    return new Map(jobs.map((job) => [job.id, { kind: 'released' as const }]));
  };
  const held = { queue: 'PENDING JobHeldUser', release, memory };
  checkBeforeWrites(async () => {
    throw new Error('EIO');
  });
  await watch(held).finally(() => checkBeforeWrites(async () => {}));
  expect(asked).toEqual([]);
  expect(states(await watch(held))).toEqual(['released']);
  expect(asked).toEqual(['7']);
});

it('where the release itself throws, each job that is due fails on its own, and others are followed', async () => {
  const memory = new WatchMemory();
  const other = await another();
  const release = async () => {
    throw new Error('the lease cannot be seen');
  };
  expect(states(await watch({ queue: 'PENDING JobHeldUser', more: [other.entry], release, memory }))).toEqual([]);
  expect([...memory.failures.keys()]).toEqual(['7']);
  expect(states(await other.record())).toEqual(['released', 'running']);
});

it('what is wrong with a job is forgotten when the job is gone', async () => {
  const memory = new WatchMemory();
  await writeFile(join(directory, '_bot_job.json'), 'damaged');
  await watch({ memory });
  expect([...memory.told.keys(), ...memory.failures.keys()]).toEqual(['7', '7']);
  await rm(join(root, 'ids/submitted/7'));
  await watch({ memory });
  expect([...memory.told.keys(), ...memory.failures.keys()]).toEqual([]);
});

it('a job that cannot be put away fails alone, and is put away when it can', async () => {
  const memory = new WatchMemory();
  const inTheWay = join(root, 'ids/finished/7');
  await mkdir(join(inTheWay, 'x'), { recursive: true });
  await watch({ queue: 'COMPLETED', memory });
  expect([...memory.told.keys()]).toEqual(['7']);
  await rm(inTheWay, { recursive: true });
  await watch({ memory });
  expect(await readdir(join(root, 'ids/finished'))).toEqual(['7']);
});

const linksIn = async (stage: string) => await readdir(join(root, stage)).catch((): string[] => []);
const failed = () => linksIn('ids/failed');

it('a job whose record is damaged is set aside after twenty intervals in a row, not read any more, and goes on when it was put back', async () => {
  const memory = new WatchMemory();
  expect(states(await watch({ queue: 'RUNNING', memory }))).toEqual(['released', 'running']);
  const record = join(directory, '_bot_job.json');
  const good = await readFile(record, 'utf8');
  await writeFile(record, good.slice(0, 100));
  for (let times = 0; times < 19; times++) await watch({ queue: 'RUNNING', memory });
  expect([await linksIn('ids/submitted'), await failed()]).toEqual([['7'], []]);
  await watch({ queue: 'RUNNING', memory });
  expect([await linksIn('ids/submitted'), await failed()]).toEqual([[], ['7', '7.why']]);
  expect(await readFile(join(root, 'ids/failed/7.why'), 'utf8')).toMatch(
    /^it failed again and again, at last with: .*_bot_job\.json is not JSON/,
  );
  expect([...memory.told.keys(), ...memory.failures.keys()]).toEqual([]);
  await writeFile(record, good);
  for (const kept of [memory, new WatchMemory()]) {
    expect(states(await watch({ queue: 'COMPLETED', memory: kept }))).toEqual(['released', 'running']);
    expect([await linksIn('ids/submitted'), [...kept.told]]).toEqual([[], []]);
  }
  expect(await replay(join(root, 'state'), join(root, 'ids'), '7')).toMatchObject({ kind: 'put back' });
  expect(states(await watch({ queue: 'COMPLETED', memory }))).toEqual([
    'released',
    'running',
    'finished',
    'test result',
  ]);
  expect([await linksIn('ids/finished'), await failed()]).toEqual([['7'], []]);
});

it.each`
  what                                             | isHandedOver
  ${'that is handed over'}                         | ${true}
  ${'of another bot, which the queue alone shows'} | ${false}
`('one $what, with damaged metadata, is set aside likewise', async ({ isHandedOver }) => {
  const memory = new WatchMemory();
  await rm(join(root, 'ids/submitted/7'));
  if (isHandedOver) await handOver(join(root, 'state'), { id, directory });
  await writeFile(join(directory, '_bot_job7.metadata'), 'damaged');
  for (let times = 0; times < 19; times++) await watch({ queue: 'RUNNING', memory });
  expect(await failed()).toEqual([]);
  await watch({ queue: 'RUNNING', memory });
  expect([await failed(), await linksIn('state/handed-over')]).toEqual([['7', '7.why'], []]);
  await watch({ queue: 'RUNNING', memory });
  expect([await linksIn('ids/submitted'), [...memory.told]]).toEqual([[], []]);
});

it('one of another instance under the same account, which the queue alone shows, is left to that instance', async () => {
  const memory = new WatchMemory();
  await rm(join(root, 'ids/submitted/7'));
  const path = join(directory, '_bot_job.json');
  await writeFile(path, (await readFile(path, 'utf8')).replace(/"seal": "./, '"seal": "-'));
  for (let times = 0; times < 20; times++) await watch({ queue: 'RUNNING', memory });
  expect([await linksIn('ids/submitted'), [...memory.told], await failed()]).toEqual([[], [], []]);
});

it.each([
  ['done', 'plans/g-1.json'],
  ['set aside', 'new/1_1_g-1.json'],
])(
  'one that was handed over and has removed its metadata is followed as soon as its command is %s: not before, when they may be still to come',
  async (_, gone) => {
    await rm(join(root, 'ids/submitted/7'));
    const moved = join(root, '2026.03/pr_9/event_g-1/run_000/R1');
    const reading = await readJobRecord(directory);
    if (reading.kind === 'record') await writeJobRecord(directory, reading.record, moved);
    await mkdir(dirname(moved), { recursive: true });
    await rename(directory, moved);
    directory = moved;
    await rm(join(moved, '_bot_job7.metadata'));
    await handOver(join(root, 'state'), { id, directory });
    for (const name of ['plans/g-1.json', 'new/1_1_g-1.json']) {
      await mkdir(dirname(join(root, 'state/inbox', name)), { recursive: true });
      await writeFile(join(root, 'state/inbox', name), '{}');
    }
    await watch({ queue: 'RUNNING' });
    expect([await linksIn('state/handed-over'), await linksIn('ids/submitted')]).toEqual([['7'], []]);
    await rm(join(root, 'state/inbox', gone));
    expect(states(await watch({ queue: 'RUNNING' }))).toEqual(['released', 'running']);
    expect([await linksIn('state/handed-over'), await linksIn('ids/submitted')]).toEqual([[], ['7']]);
  },
);

it('one that was handed over, and whose directory is gone, is set aside; a job of others, of which the queue shows the like, is not', async () => {
  const memory = new WatchMemory();
  await rm(join(root, 'ids/submitted/7'));
  await rm(directory, { recursive: true });
  for (let times = 0; times < 20; times++) await watch({ queue: 'RUNNING', memory });
  expect([await failed(), [...memory.told]]).toEqual([[], []]);
  await handOver(join(root, 'state'), { id, directory });
  for (let times = 0; times < 20; times++) await watch({ queue: 'RUNNING', memory });
  expect([await failed(), await linksIn('state/handed-over')]).toEqual([['7', '7.why'], []]);
  expect(await readFile(join(root, 'ids/failed/7.why'), 'utf8')).toMatch(/its directory .* is gone\n$/);
});

it('one that removed its record, and names a comment that does not tell of it, is set aside likewise, and nothing is written there', async () => {
  const memory = new WatchMemory();
  await rm(join(directory, '_bot_job.json'));
  const author = { login: 'my-bot[bot]', isBot: true };
  const readComment = async () => ({ author, body: '|Jan 05 03:04:05 UTC 2025|submitted|job id `8` awaits release|' });
  for (let times = 0; times < 20; times++) await watch({ queue: 'RUNNING', readComment, memory });
  expect([await failed(), shown]).toEqual([['7', '7.why'], 'head']);
  expect(await readFile(join(root, 'ids/failed/7.why'), 'utf8')).toContain('does not announce job 7');
});

it('a job for which GitHub is away is not set aside', async () => {
  const memory = new WatchMemory();
  await rm(join(directory, '_bot_job.json')); // to adopt it, its comment is read
  const readComment = async () => {
    throw new TryAgainLater('GitHub is away', { cause: undefined });
  };
  for (let times = 0; times < 25; times++) await watch({ queue: 'RUNNING', readComment, memory });
  expect([await failed(), [...memory.told.values()]]).toEqual([[], ['GitHub is away']]);
});

it('a job that is finished, and that the queue still shows, is not read any more', async () => {
  const memory = new WatchMemory();
  await watch({ queue: 'COMPLETED', memory });
  expect(await linksIn('ids/finished')).toEqual(['7']);
  await writeFile(join(directory, '_bot_job7.metadata'), 'damaged');
  for (let times = 0; times < 25; times++) await watch({ queue: 'COMPLETED', memory });
  expect([await failed(), [...memory.told]]).toEqual([[], []]);
});

it('a summary that cannot be used is a trouble for as long as it lies there', async () => {
  const memory = new WatchMemory();
  const name = 'g-1_run_000.json';
  await mkdir(join(root, 'state/summaries'));
  await writeFile(join(root, 'state/summaries', name), 'damaged');
  for (let times = 0; times < 2; times++) {
    await watch({ queue: 'RUNNING', memory });
    expect([...memory.told.keys()]).toEqual([`summary ${name}`]);
  }
  await rm(join(root, 'state/summaries', name));
  await watch({ queue: 'RUNNING', memory });
  expect([...memory.told]).toEqual([]);
});

it('while GitHub is away one comment is tried in each interval, each in its turn; then all are sent', async () => {
  const memory = new WatchMemory();
  const other = await another();
  for (let times = 0; times < 4; times++) await watch({ queue: 'RUNNING', more: [other.entry], isAway: true, memory });
  expect(written).toEqual([70, 71, 70, 71]);
  await watch({ queue: 'RUNNING', more: [other.entry], memory });
  expect(written.slice(4).toSorted()).toEqual([70, 71]);
});

it('one that cannot be set aside is tried again, and stops nothing else', async () => {
  const memory = new WatchMemory();
  await writeFile(join(directory, '_bot_job.json'), 'damaged');
  await writeFile(join(root, 'ids/failed'), 'in the way');
  for (let times = 0; times < 21; times++) await watch({ memory });
  expect([...memory.told.keys()]).toEqual(['7']);
  await rm(join(root, 'ids/failed'));
  await watch({ memory });
  expect(await failed()).toEqual(['7', '7.why']);
});

it.each`
  what                                      | interval
  ${'whose entry in the queue is unclear'}  | ${{ unread: 'squeue printed of it: "7@bot"' }}
  ${'that scontrol shows, but not clearly'} | ${{ asked: { kind: 'unreadable', why: 'squeue printed of it: "7@bot"' } }}
`('to a job $what nothing is done, which is told as long as it is so', async ({ interval }) => {
  const memory = new WatchMemory();
  await watch({ queue: 'RUNNING', memory });
  for (let times = 0; times < 5; times++) {
    expect(states(await watch({ ...interval, memory }))).not.toContain('finished');
    expect([...memory.told]).toEqual([['reading job 7', 'squeue printed of it: "7@bot"']]);
  }
  expect(states(await watch({ queue: 'COMPLETED', memory }))).toContain('finished');
  expect([...memory.told]).toEqual([]);
});

it('a job that the queue does not show is asked for on the cluster of its record', async () => {
  const reading = await readJobRecord(directory);
  if (reading.kind !== 'record') throw new Error('no record');
  const submission = { kind: 'submitted', id, cluster: 'c2', at: '2026-03-10T11:00:00.000Z' } as const;
  await writeJobRecord(directory, { ...reading.record, submission });
  await watch({ asked: unknown });
  expect(lastAsked).toMatchObject([{ id, cluster: 'c2' }]);
});

/** One more job, which has done nothing wrong. */
async function another(): Promise<{ record: () => Promise<JobRecord | undefined>; entry: object }> {
  const other = join(root, 'other');
  await mkdir(other);
  const reading = await readJobRecord(directory);
  if (reading.kind !== 'record') throw new Error('the job has no record');
  const submission = { kind: 'submitted', id: '8' as JobId, cluster: '', at: '2026-03-10T11:00:00.000Z' } as const;
  await writeJobRecord(other, {
    ...reading.record,
    submission,
    comment: { kind: 'posted', id: 71, head: 'head' as Markdown },
  });
  await linkJob(join(root, 'ids/submitted'), { id: '8' as JobId, directory: other });
  const record = async () => {
    const now = await readJobRecord(other);
    return now.kind === 'record' ? now.record : undefined;
  };
  return {
    record,
    entry: { ...runs, id: '8', cluster: '', partition: 'main', workDir: other },
  };
}

const long = { at: { toString: 1, valueOf: 1 } };
it.each`
  what                                         | forge
  ${'a time that makes each comparison throw'} | ${{ asked: long }}
  ${'the same with the numbers beside it'}     | ${{ asked: { ...long, times: 1, timesUnknown: 0 } }}
  ${'a comment without its head'}              | ${{ comment: { kind: 'posted', id: 70 }, rows: [{ at: '2026-03-10T11:00:00Z', state: 'running', text: '' }] }}
  ${'a cluster that is words of a command'}    | ${{ submission: { kind: 'submitted', id: '7', cluster: 'x --uid=0', at: '2026-03-10T11:00:00Z' } }}
  ${'the number of another job'}               | ${{ submission: { kind: 'submitted', id: '8', cluster: '', at: '2026-03-10T11:00:00Z' } }}
  ${'rows that are numbers'}                   | ${{ rows: [1, 2] }}
  ${'a row whose time is an object'}           | ${{ rows: [{ ...long, state: 'running', text: '' }] }}
`(
  'a running job that writes $what into its record is set aside alone, by however many processes',
  async ({ forge }) => {
    const other = await another();
    const path = join(directory, '_bot_job.json');
    await writeSealedRecord(directory, { ...(await readSealed(path)), ...forge }); // an earlier version might have let it in
    const forged = await readFile(path, 'utf8');
    const memory = new WatchMemory();
    await watch({ more: [other.entry], memory });
    expect(states(await other.record())).toEqual(['released', 'running']);
    expect([...memory.told.keys()]).toEqual(['7']);
    for (let times = 0; times < 18; times++) await watch({ more: [other.entry] }); // each a process of its own
    expect(await failed()).toEqual([]);
    await watch({ more: [other.entry] });
    expect([await failed(), await linksIn('ids/submitted')]).toEqual([['7', '7.why'], ['8']]);
    expect(await readFile(path, 'utf8')).toBe(forged); // the evidence stays
  },
);

it.each`
  what                                           | forge
  ${'the comment of another job'}                | ${(own: object) => JSON.stringify({ ...own, comment: { kind: 'posted', id: 71, head: 'mine now' } })}
  ${'another cluster'}                           | ${(own: object) => JSON.stringify({ ...own, submission: { kind: 'submitted', id: '7', cluster: 'evil', at: '2026-03-10T11:00:00Z' } })}
  ${'another pull request'}                      | ${(own: object) => JSON.stringify({ ...own, repository: { owner: 'O', name: 'other' }, pullRequest: 1 })}
  ${'a row that says it was built'}              | ${(own: object) => JSON.stringify({ ...own, rows: [{ at: '2026-03-10T11:00:00Z', state: 'uploaded', text: 'x' }] })}
  ${'the seal of what stood there'}              | ${(_own: object, text: string) => text.replace('"phase": "submitted"', '"phase": "finished"')}
  ${'the whole record of another, seal and all'} | ${(_own: object, _text: string, another: string) => another}
  ${'the same with its own number in it'}        | ${(_own: object, _text: string, another: string) => another.replace('"id": "8"', '"id": "7"')}
  ${'that of an earlier job of its number'}      | ${(_own: object, _text: string, _another: string, earlier: string) => earlier}
`('a job that writes $what into its record is followed by nothing of it, and set aside alone', async ({ forge }) => {
  const other = await another();
  const [path, others] = [join(directory, '_bot_job.json'), join(root, 'other/_bot_job.json')];
  const text = await readFile(path, 'utf8');
  const earlier = join(root, 'earlier'); // Slurm began to count anew
  await mkdir(earlier);
  await writeSealedRecord(earlier, {
    ...(await readSealed(path)),
    comment: { kind: 'posted', id: 71, head: 'mine now' },
  });
  const ofEarlier = await readFile(join(earlier, '_bot_job.json'), 'utf8');
  const forged = forge(await readSealed(path), text, await readFile(others, 'utf8'), ofEarlier);
  expect(forged).not.toBe(text);
  await writeFile(path, forged);
  for (let times = 0; times < 20; times++) await watch({ queue: 'RUNNING', more: [other.entry] });
  expect([shown, shownOfOther].join()).not.toContain('mine now');
  expect([...new Set(written)]).toEqual([71]); // by the other one, whose own it is
  expect([await failed(), states(await other.record())]).toEqual([
    ['7', '7.why'],
    ['released', 'running'],
  ]);
  expect(await readFile(join(root, 'ids/failed/7.why'), 'utf8')).toMatch(
    /_bot_job\.json has (no seal|a seal that is not)/,
  );
  expect(await readFile(path, 'utf8')).toBe(forged); // the evidence stays
});

it.each`
  what                              | earlier
  ${'from when it was submitted'}   | ${{}}
  ${'from when it was on its way'}  | ${{ submission: { kind: 'submitting', since: '2026-03-10T11:00:00.000Z' }, comment: { kind: 'posting', head: 'head' } }}
  ${'from before it was submitted'} | ${{ submission: { kind: 'prepared' }, comment: { kind: 'none' } }}
`('a job that puts a record of its own $what back harms its own rows at most', async ({ earlier }) => {
  const other = await another();
  const path = join(directory, '_bot_job.json');
  await writeSealedRecord(directory, { ...(await readSealed(path)), ...earlier });
  const kept = await readFile(path, 'utf8');
  await writeSealedRecord(directory, {
    ...(await readSealed(path)),
    submission: { kind: 'submitted', id, cluster: '', at: '2026-03-10T11:00:00.000Z' },
    comment: { kind: 'posted', id: 70, head: 'head' },
  });
  for (let times = 0; times < 3; times++) {
    await watch({ queue: 'RUNNING', more: [other.entry] });
    await writeFile(path, kept);
  }
  await watch({ queue: 'RUNNING', more: [{ ...other.entry, ...answer({ state: 'COMPLETED', reason: 'None' }) }] });
  expect([...new Set(written)].toSorted()).toEqual([70, 71]);
  expect(states(await other.record())).toEqual(['released', 'running', 'finished', 'test result']);
  expect([await linksIn('ids/submitted'), await linksIn('ids/finished'), await failed()]).toEqual([['7'], ['8'], []]);
});

it('a job that nobody may write to any more, since it has changed its own directory, is set aside alone', async () => {
  const other = await another();
  await rm(directory, { recursive: true });
  await writeFile(directory, 'a file in its place');
  for (let times = 0; times < 20; times++) await watch({ more: [other.entry] });
  expect([await failed(), states(await other.record())]).toEqual([
    ['7', '7.why'],
    ['released', 'running'],
  ]);
});

describe('below the table of a job', () => {
  const output = 'one\ntwo\nthree\nfour | five\n';
  const below =
    '<details><summary>The last 3 lines of <code>slurm-7.out</code></summary>\n\n<pre>\ntwo\nthree\nfour &#124; five\n</pre>\n\n</details>\n\nMore of its output: `bot: log jobid:7`.';
  const leave = async (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  };
  const result = (status: string) => `[RESULT]\ncomment_description = built\nstatus = ${status}\n`;

  it.each`
    what                                 | queue                       | files                                                                                               | told
    ${'that failed'}                     | ${'FAILED NonZeroExitCode'} | ${{}}                                                                                               | ${below}
    ${'that was cancelled'}              | ${'PREEMPTED None'}         | ${{}}                                                                                               | ${below}
    ${'that says that its build failed'} | ${'COMPLETED'}              | ${{ '_bot_job7.result': result('FAILURE') }}                                                        | ${below}
    ${'that nobody has judged'}          | ${'COMPLETED'}              | ${{ '_bot_job7.result': result('UNKNOWN') }}                                                        | ${below}
    ${'without a result'}                | ${'COMPLETED'}              | ${{}}                                                                                               | ${below}
    ${'whose tests failed'}              | ${'COMPLETED'}              | ${{ '_bot_job7.result': result('SUCCESS'), '_bot_job7.test': '[TEST]\nstatus = FAILURE\n' }}        | ${below}
    ${'that ended well'}                 | ${'COMPLETED'}              | ${{ '_bot_job7.result': result('SUCCESS'), '_bot_job7.test': '[TEST]\ncomment_description = x\n' }} | ${undefined}
    ${'whose result tells no status'}    | ${'COMPLETED'}              | ${{ '_bot_job7.result': '[RESULT]\ncomment_description = built\n' }}                                | ${undefined}
  `('$what stand its last lines: $told', async ({ queue, files, told }) => {
    await watch({ queue: 'RUNNING' });
    await leave({ 'slurm-7.out': output, ...files });
    const record = await watch({ queue });
    expect(record?.below).toBe(told);
    expect(shown.endsWith(told === undefined ? '|' : `|\n\n${told}`)).toBe(true);
  });

  it('are the lines that were there at its end, however often the comment is sent again', async () => {
    await watch({ queue: 'RUNNING' });
    await leave({ 'slurm-7.out': output });
    await watch({ queue: 'FAILED NonZeroExitCode', isAway: true });
    expect(shown).not.toContain('finished');
    await leave({ 'slurm-7.out': 'gone\n' });
    await watch({ queue: 'FAILED NonZeroExitCode' });
    expect(shown.endsWith(`|\n\n${below}`)).toBe(true);
  });

  it('stands nothing where its output is no file', async () => {
    await watch({ queue: 'RUNNING' });
    await symlink('/etc/passwd', join(directory, 'slurm-7.out'));
    expect((await watch({ queue: 'FAILED NonZeroExitCode' }))?.below).toBeUndefined();
  });
});

it.each([
  [
    'TIMEOUT TimeLimit',
    ['timeout'],
    { timeLimit: '00:01:00' },
    '`TIMEOUT` (TimeLimit, limit 00:01:00) no `_bot_job7.result`',
  ],
  [
    'NODE_FAIL NodeDown',
    ['node fail'],
    { nodes: 'n[1-2]', failedNode: 'n1' },
    '`NODE_FAIL` (NodeDown, on n1) no `_bot_job7.result`',
  ],
  ['NODE_FAIL NodeDown', ['node fail'], {}, '`NODE_FAIL` (NodeDown) no `_bot_job7.result`'],
  ['FAILED NonZeroExitCode', [], { nodes: 'n1' }, '`FAILED` (NonZeroExitCode) no `_bot_job7.result`'],
])('%s: Slurm is asked once for more, where there is more', async (queue, asked, answered, text) => {
  facts = answered;
  await watch({ queue: 'RUNNING' });
  expect(ending(await watch({ queue }))).toBe(text);
  await watch({ queue });
  expect(factsAsked).toEqual(asked);
});

it('keeps on which nodes a job ran, where artefacts are attested', async () => {
  facts = { nodes: 'n[1-2]' };
  await watch({ queue: 'RUNNING' });
  expect((await watch({ queue: 'COMPLETED', isAttested: true }))?.nodes).toBe('n[1-2]');
  expect(factsAsked).toEqual(['completed']);
});
