import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findKiller } from './after-deaths.ts';

let stateDir: string;
let waiting: string[];
let aside: Record<string, string>;
let told: string[];
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
    const livedThrough = await findKiller({ stateDir, afterDeath, inbox, worker, apologise, stop, log });
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
