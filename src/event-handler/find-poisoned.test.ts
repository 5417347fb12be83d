import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { machineClock } from '../daemon/clock.ts';
import { TryAgainLater } from '../outside/forge/forge.ts';
import { gitHubWebhooks } from '../outside/forge/github/github-webhooks.ts';
import { findPoisoned } from './find-poisoned.ts';
import { OutsideWaits } from './outside-waits.ts';
import { Inbox } from './receive/inbox.ts';
import { InboxWorker } from './work-off.ts';

let stateDir: string;
let told: string[];
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'find-poisoned-'));
  told = [];
});
afterEach(() => rm(stateDir, { recursive: true }));

/** Puts a command on a pull request of its own into the inbox. */
async function receive(guid: string): Promise<void> {
  const number = Number(guid.slice(2));
  const body = JSON.stringify({
    action: 'created',
    comment: { id: number, body: 'x', created_at: '2026-03-10T12:00:00Z' },
    issue: { number, pull_request: {} },
    repository: { name: 'R', owner: { login: 'O' } },
    sender: { login: 'alice' },
  });
  const receivedAt = `2026-01-01T00:00:0${number}.000Z`;
  const inbox = await Inbox.open(stateDir);
  await inbox.receive({ version: 1, guid, event: 'issue_comment', receivedAt, headers: {}, body }, number);
}

interface Life {
  /** What was begun, in order; what is behind `|` side by side. */
  readonly begun: string[];
  readonly waits: OutsideWaits;
  /** Kills the event handler: nothing of it goes on. */
  readonly kill: () => Promise<never>;
  /** Tells it to stop. */
  readonly stop: () => void;
}

/** An event handler from its start until all is done, or it has stopped, or is killed. Gives back what it has begun. */
async function live(handle: (guid: string, life: Life) => Promise<void>): Promise<string[]> {
  const begun: string[] = [];
  const inbox = await Inbox.open(stateDir);
  const log = pino({ level: 'silent' });
  const waits = new OutsideWaits();
  const dies = Promise.withResolvers<void>();
  const stop = new AbortController();
  const kill = () => {
    dies.resolve();
    return new Promise<never>(() => {});
  };
  const worker = new InboxWorker({
    inbox,
    webhooks: gitHubWebhooks,
    monotonic: machineClock.monotonic,
    stop: stop.signal,
    log,
    handle: async (_route, { guid }) => {
      begun.push(guid);
      await handle(guid, { begun, waits, kill, stop: () => stop.abort() });
    },
    tellOfFailure: async () => {},
    tellOfWait: async () => {},
  });
  const tellOfFailure = async (name: string) => void told.push(guidIn(name));
  const living = async () => {
    await findPoisoned({ inbox, worker, waits, tellOfFailure, stop: stop.signal, log });
    begun.push('|');
    await worker.lookForWork();
    await worker.idle();
  };
  await Promise.race([living(), dies.promise]);
  return begun;
}

const guidIn = (name: string) => name.replace(/^.*_/, '').replace(/[.].*/, '');
const guids = async (stage: string) => (await readdir(join(stateDir, 'inbox', stage))).map(guidIn);
/** GUID -> how often it was received, and how often its attempts have failed. */
const counted = async () => {
  const directory = join(stateDir, 'inbox/attempts');
  const read = async (name: string) => JSON.parse(await readFile(join(directory, name), 'utf8'));
  const found = (await readdir(directory)).map(async (name) => {
    const { received, attempts } = await read(name);
    return [guidIn(name), [received, attempts.all, attempts.own]] as const;
  });
  return Object.fromEntries(await Promise.all(found));
};

/** Dies when all of them are under way. */
const dieWith =
  (...all: string[]) =>
  async (_guid: string, { begun, kill }: Life) => {
    if (begun.length === all.length + 1) await kill();
    await new Promise(() => {});
  };
const away = () => new TryAgainLater('GitHub is away', { retryAfterSeconds: 3600, cause: undefined });

it('what kills the event handler is found after three deaths, and set aside at the fourth; the others are handled', async () => {
  for (const guid of ['g-1', 'g-2', 'g-3']) await receive(guid);
  for (let life = 1; life <= 3; life++)
    expect((await live(dieWith('g-1', 'g-2', 'g-3'))).toSorted()).toEqual(['g-1', 'g-2', 'g-3', '|']);
  const dieOfSecond = async (guid: string, { kill }: Life) => {
    if (guid === 'g-2') await kill();
  };
  expect(await live(dieOfSecond)).toEqual(['g-1', 'g-2']);
  expect(await counted()).toEqual({ 'g-2': [4, 0, 0], 'g-3': [3, 0, 0] });
  expect(await live(dieOfSecond)).toEqual(['g-3', '|']);
  const [why = ''] = (await readdir(join(stateDir, 'inbox/failed'))).filter((name) => name.endsWith('.why'));
  expect(await readFile(join(stateDir, 'inbox/failed', why), 'utf8')).toBe(
    'the event handler crashed 4 times in a row, the last time while it handled this delivery alone\n',
  );
  expect([told, await guids('new'), await guids('done'), await counted()]).toEqual([['g-2'], [], ['g-1', 'g-3'], {}]);
});

it('deaths between which an attempt came to its end, or nothing was handled, are not in a row', async () => {
  await receive('g-1');
  await live(dieWith('g-1'));
  await live(dieWith('g-1'));
  expect(await counted()).toEqual({ 'g-1': [2, 0, 0] });
  await live(async (_guid, { stop }) => {
    stop();
    throw away();
  });
  expect(await counted()).toEqual({ 'g-1': [0, 1, 0] });
  await live(dieWith('g-1'));
  expect(await counted()).toEqual({ 'g-1': [1, 1, 0] });
});

it('one that waits for GitHub is not what the event handler dies of, however often it is killed meanwhile', async () => {
  await receive('g-1');
  for (let life = 1; life <= 6; life++) {
    const begun = await live(async (_guid, { stop }) => {
      stop(); // what is on the disk then is what a kill in the wait leaves
      throw away();
    });
    expect(begun).toEqual(['|', 'g-1']);
    expect(await counted()).toEqual({ 'g-1': [0, life, 0] });
  }
  expect([await guids('new'), await guids('failed')]).toEqual([['g-1'], []]);
});

it('one that is killed while it waits for an answer is not blamed; one that is killed when the answer is there is', async () => {
  await receive('g-1');
  for (let life = 1; life <= 3; life++) await live(dieWith('g-1'));
  const whileItWaits = async (_guid: string, { waits, kill }: Life) => await waits.during(kill);
  const whenItIsThere = async (_guid: string, { waits, kill }: Life) => {
    await waits.during(async () => {});
    await kill();
  };
  for (let life = 4; life < 8; life++) {
    expect(await live(whileItWaits)).toEqual(['g-1']);
    expect(await counted()).toEqual({ 'g-1': [3, 0, 0] });
  }
  expect(told).toEqual([]);
  await live(whenItIsThere);
  expect(await counted()).toEqual({ 'g-1': [4, 0, 0] });
  await live(whileItWaits);
  expect([told, await guids('new')]).toEqual([['g-1'], []]);
});

it('attempts that failed are counted over restarts, after each of which one is made at once', async () => {
  await receive('g-1');
  for (let life = 1; life <= 5; life++) {
    expect(await guids('new')).toEqual(['g-1']);
    await live(async (_guid, { stop }) => {
      stop();
      throw new Error('it cannot be done');
    });
  }
  expect([await guids('new'), await guids('failed'), await counted()]).toEqual([[], ['g-1', 'g-1'], {}]);
});

it.each([
  ['three deaths', { version: 1, times: 3 }, ['g-1']],
  ['what was handled alone', { version: 1, times: 7, alone: 'x_g-1.json' }, ['g-1']],
  ['two deaths', { version: 1, times: 2 }, ['|', 'g-1']],
  ['nothing, since it is damaged', { version: 1, times: 'many' }, ['|', 'g-1']],
])('what an older version counted counts on: %s', async (_what, deaths, begun) => {
  await receive('g-1');
  const path = join(stateDir, 'inbox/deaths.json');
  await writeFile(path, JSON.stringify(deaths));
  expect(await live(async (_guid, { kill }) => kill())).toEqual(begun);
  expect((await guids('.')).toSorted()).toEqual(['attempts', 'done', 'failed', 'new', 'plans']);
  await live(async () => {});
  expect(told).toEqual(begun[0] === 'g-1' ? ['g-1'] : []);
});

it('a count that is damaged, or is no file, begins anew and stops nothing', async () => {
  for (const guid of ['g-1', 'g-2']) await receive(guid);
  const [first = '', second = ''] = await readdir(join(stateDir, 'inbox/new'));
  await writeFile(join(stateDir, 'inbox/attempts', first), '{"version":1,"received":9');
  await mkdir(join(stateDir, 'inbox/attempts', second));
  await mkdir(join(stateDir, 'inbox/deaths.json'));
  expect((await live(async () => {})).toSorted()).toEqual(['g-1', 'g-2', '|']);
  expect([await guids('done'), await guids('.')]).toEqual([
    ['g-1', 'g-2'],
    ['attempts', 'done', 'failed', 'new', 'plans'],
  ]);
});
