import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { machineClock } from '../daemon/clock.ts';
import { TryAgainLater } from '../outside/github/github.ts';
import { findKiller } from './after-deaths.ts';
import { OutsideWaits } from './outside-waits.ts';
import { Inbox } from './receive/inbox.ts';
import { InboxWorker } from './work-off.ts';

let stateDir: string;
let waiting: string[];
let aside: Record<string, string>;
let told: string[];
const waits = new OutsideWaits();
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'after-deaths-'));
  await mkdir(join(stateDir, 'inbox'));
  waiting = ['a.json', 'killer.json', 'z.json'];
  aside = {};
  told = [];
});
afterEach(() => rm(stateDir, { recursive: true }));

const take = (name: string) => {
  waiting = waiting.filter((other) => other !== name);
};
const written = () => readFile(join(stateDir, 'inbox/deaths.json'), 'utf8').then(JSON.parse, () => undefined);

/** An event handler that starts after another one died, and dies of the killer; what it handled alone. */
async function live(afterDeath = true): Promise<string[]> {
  const alone: string[] = [];
  const dies = Promise.withResolvers<void>();
  const worker = {
    handleNow: async (name: string) => {
      alone.push(name);
      if (name === 'killer.json') dies.reject(new Error('killed'));
      await (name === 'killer.json' ? dies.promise : undefined);
      take(name);
    },
  };
  const inbox = {
    waiting: async () => [...waiting],
    setAside: async (name: string, why: string) => {
      aside[name] = why;
      take(name);
    },
  };
  const stop = new AbortController().signal;
  const log = pino({ level: 'silent' });
  try {
    const apologise = async (name: string) => void told.push(name);
    const livedThrough = await findKiller({ stateDir, afterDeath, inbox, worker, waits, apologise, stop, log });
    if (!waiting.includes('killer.json')) await livedThrough();
  } catch (error) {
    if (!(error instanceof Error && error.message === 'killed')) throw error;
  }
  return alone;
}

it('what kills the event handler is found after three deaths, and set aside at the fourth; the others are handled', async () => {
  expect([await live(), await live()]).toEqual([[], []]);
  expect(await live()).toEqual(['a.json', 'killer.json']);
  expect(await live()).toEqual(['z.json']);
  expect(aside).toEqual({
    'killer.json': 'the event handler died 4 times in a row, at last while it handled this one alone',
  });
  expect(told).toEqual(['killer.json']);
  expect([waiting, await readdir(join(stateDir, 'inbox'))]).toEqual([[], []]);
});

it('deaths between which one ended by itself, or nothing waited, are not in a row', async () => {
  await live();
  await live();
  await live(false);
  expect(await written()).toBeUndefined();
  await live();
  expect(await written()).toEqual({ version: 1, times: 1 });
  waiting = [];
  await live();
  expect(await written()).toBeUndefined();
});

it('one that waits for GitHub is not what the event handler dies of, however often it is killed meanwhile', async () => {
  const inbox = await Inbox.open(stateDir);
  const body = JSON.stringify({
    action: 'created',
    comment: { id: 1, body: 'x', created_at: '' },
    issue: { number: 9, pull_request: {} },
    repository: { name: 'R', owner: { login: 'O' } },
    sender: { login: 'alice' },
  });
  const receivedAt = '2026-01-01T00:00:00.000Z';
  await inbox.receive({ version: 1, guid: 'g-1', event: 'issue_comment', receivedAt, headers: {}, body });
  const log = pino({ level: 'silent' });
  let attempts = 0;
  for (let life = 1; life <= 6; life++) {
    const killed = new AbortController();
    const stop = killed.signal;
    const handle = async () => {
      attempts++;
      throw new TryAgainLater('GitHub is away', { retryAfterSeconds: 3600, cause: undefined });
    };
    const [apologise, tellOfWait] = [async () => {}, async () => {}];
    const worker = new InboxWorker({
      inbox,
      monotonic: machineClock.monotonic,
      stop,
      log,
      handle,
      apologise,
      tellOfWait,
    });
    await findKiller({ stateDir, afterDeath: true, inbox, worker, waits, apologise, stop, log });
    expect(await written()).toEqual({ version: 1, times: life });
    killed.abort();
    await worker.idle();
  }
  expect(attempts).toBe(4); // of the third life on, when each is handled alone
  expect(await inbox.count()).toEqual({ waiting: 1, failed: 0 });
});

it('one that is killed while it waits for an answer is not blamed; one that is killed when the answer is there is', async () => {
  const log = pino({ level: 'silent' });
  const setAside: string[] = [];
  const inbox = { waiting: async () => ['a.json'], setAside: async (name: string) => void setAside.push(name) };
  const apologise = async () => {};
  /** An event handler that is killed when it has come so far; what is on the disk then. */
  const live = async (killed: (waits: OutsideWaits, answer: Promise<void>) => Promise<void>) => {
    const [life, reached] = [new AbortController(), Promise.withResolvers<void>()];
    const waitsOfLife = new OutsideWaits();
    const handleNow = async () => {
      await killed(waitsOfLife, new Promise((resolve) => life.signal.addEventListener('abort', () => resolve())));
      reached.resolve();
      await new Promise<void>((resolve) => life.signal.addEventListener('abort', () => resolve()));
    };
    const { signal: stop } = life;
    const start = {
      stateDir,
      afterDeath: true,
      inbox,
      worker: { handleNow },
      waits: waitsOfLife,
      apologise,
      stop,
      log,
    };
    const living = findKiller(start);
    await Promise.race([living, reached.promise]);
    const left = await written();
    life.abort();
    await living;
    await writeFile(join(stateDir, 'inbox/deaths.json'), JSON.stringify(left));
    return left;
  };
  const whileItWaits = async (waits: OutsideWaits, answer: Promise<void>) => {
    const asked = Promise.withResolvers<void>();
    void waits.during(async () => {
      asked.resolve();
      await answer;
    });
    await asked.promise;
  };
  const whenItIsThere = (waits: OutsideWaits) => waits.during(async () => {});
  for (let times = 1; times < 8; times++) expect(await live(whileItWaits)).toEqual({ version: 1, times });
  expect(setAside).toEqual([]);
  expect(await live(whenItIsThere)).toEqual({ version: 1, times: 8, alone: 'a.json' });
  await live(whileItWaits);
  expect(setAside).toEqual(['a.json']);
});
