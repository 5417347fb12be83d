import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkBeforeWrites } from '../outside/files/check-before-writes.ts';
import { takeLease } from './lease.ts';
import { type Holder, judgeLease, startOfProcess } from './lease-file.ts';
import { readDaemon } from './read-daemon.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'lease-'));
});
afterEach(async () => {
  checkBeforeWrites(async () => {});
  await rm(stateDir, { recursive: true, force: true });
});

const leasePath = (number: number) => join(stateDir, `locks/job manager.${number}.lease`);
const leases = () => readdir(join(stateDir, 'locks'));

/** The lease, or why it was refused. */
async function take() {
  const answer = await takeLease(stateDir, 'job manager');
  if (answer.kind === 'taken') return answer.lease;
  return answer.kind === 'held' ? answer.message : answer.kind;
}

async function taken() {
  const lease = await take();
  if (typeof lease === 'string') throw new Error(lease);
  return lease;
}

/** Changes the holder that is written down, as if another process had written it. */
async function pretend(number: number, change: Record<string, unknown>): Promise<void> {
  const holder = JSON.parse(await readFile(leasePath(number), 'utf8'));
  await writeFile(leasePath(number), JSON.stringify({ ...holder, ...change }));
}

async function makeSilent(number: number, ageSeconds: number): Promise<void> {
  const renewed = new Date(Date.now() - ageSeconds * 1000);
  await utimes(leasePath(number), renewed, renewed);
}

const holder: Holder = {
  version: 1,
  number: 2,
  token: 't',
  host: 'login1',
  pid: 7,
  processStart: '7',
  since: '2026-03-10T12:00:00.000Z',
};

it.each`
  who                                                 | found                                | process      | seconds | verdict
  ${'a process of this machine that lives'}           | ${holder}                            | ${'lives'}   | ${5}    | ${'held'}
  ${'a process of this machine that was stopped'}     | ${holder}                            | ${'lives'}   | ${46}   | ${'free'}
  ${'a process of this machine that died just now'}   | ${holder}                            | ${'is dead'} | ${0}    | ${'free'}
  ${'another machine that renews'}                    | ${holder}                            | ${undefined} | ${44}   | ${'held'}
  ${'another machine that is silent'}                 | ${holder}                            | ${undefined} | ${46}   | ${'free'}
  ${'another machine whose daemon ended by itself'}   | ${{ ...holder, released: 'a time' }} | ${undefined} | ${0}    | ${'free'}
  ${'nobody knows whom, since the file is garbled'}   | ${undefined}                         | ${undefined} | ${5}    | ${'held'}
  ${'nobody knows whom, and it has not been renewed'} | ${undefined}                         | ${undefined} | ${46}   | ${'free'}
  ${'another machine, renewed in the future'}         | ${holder}                            | ${undefined} | ${-900} | ${'held'}
`('a lease of $who, renewed $seconds s ago, is $verdict', ({ found, process, seconds, verdict }) => {
  expect(judgeLease(found, process, seconds * 1000)).toBe(verdict);
});

it('refuses a second one, naming the first and the way out, until it is released', async () => {
  const first = await taken();
  expect(await take()).toMatch(
    new RegExp(
      `^a job manager runs already on this state directory \\(process ${process.pid} on ${hostname()} .*--standby`,
    ),
  );
  await first.release();
  expect((await taken()).number).toBe(2);
});

it('names reseal, which takes the place of a daemon', async () => {
  const first = await takeLease(stateDir, 'job manager', undefined, 'reseal');
  expect(await take()).toMatch(/^\.\/bot\.sh reseal is at work on this state directory \(process /);
  const seen = () => readDaemon(stateDir, 'job manager', new Date());
  expect((await seen())?.holder?.by).toBe('reseal');
  expect(await seen()).toMatchObject({ state: 'ended', isReplaced: true });
  if (first.kind === 'taken') await first.lease.release();
  expect(await seen()).not.toHaveProperty('isReplaced');
});

it('refuses what is still under way when it was given back, and does not take that for a takeover', async () => {
  const first = await taken();
  await first.release();
  await expect(first.check()).rejects.toThrow(/was given back: this daemon ends$/);
  await taken();
  await expect(first.check()).rejects.toThrow(/was given back: this daemon ends$/);
  expect(first.lost.aborted).toBe(false);
});

it.each`
  holder                                         | change                   | ageSeconds | isTaken
  ${'a dead process of this machine'}            | ${{ pid: 4_194_303 }}    | ${0}       | ${true}
  ${'a pid of this machine that was used again'} | ${{ processStart: '1' }} | ${0}       | ${true}
  ${'another machine that renews'}               | ${{ host: 'login2' }}    | ${30}      | ${false}
  ${'another machine, silent for two minutes'}   | ${{ host: 'login2' }}    | ${120}     | ${true}
`('a lease held by $holder is taken over: $isTaken', async ({ change, ageSeconds, isTaken }) => {
  await take();
  await pretend(1, change);
  await makeSilent(1, ageSeconds);
  expect(typeof (await take()) === 'object').toBe(isTaken);
  expect(await leases()).toEqual([isTaken ? 'job manager.2.lease' : 'job manager.1.lease']);
});

it('a daemon that was killed, and whose parent does not ask how, is dead', async () => {
  // The shell starts a child, and makes way for a program that waits for none.
  const parent = spawn('sh', ['-c', 'sleep 61 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
    await expect.poll(() => readFile(`/proc/${parent.pid}/cmdline`, 'utf8')).toBe('sleep\x0060\0');
    process.kill(Number(pid), 'SIGKILL');
    await expect.poll(() => readFile(`/proc/${Number(pid)}/stat`, 'utf8')).toMatch(/\) Z /);
    expect(await startOfProcess(Number(pid))).toBeUndefined();
  } finally {
    parent.kill('SIGKILL');
  }
});

it('whoever was silent while another one took over may do nothing more', async () => {
  const silent = await taken();
  await silent.check();
  await makeSilent(1, 60);
  const next = await taken();
  expect(next.number).toBe(2);
  await expect(silent.check()).rejects.toThrow(/job manager\.1\.lease over while this one was silent/);
  expect(silent.lost.aborted).toBe(true);
  await expect(silent.release()).rejects.toThrow(/took the lease/);
  await next.check();
  expect(await leases()).toEqual(['job manager.2.lease']);
});

it('whoever was silent while nobody took over goes on', async () => {
  const lease = await taken();
  await makeSilent(1, 3600);
  await lease.check();
});

it('whoever renews while another one looks keeps the lease, however long that one takes', async () => {
  await taken();
  await makeSilent(1, 60);
  checkBeforeWrites(() => makeSilent(1, 0)); // asked when the other one asks the file server for the time
  expect(await take()).toMatch(/runs already/);
});

it('one that died while it took over stands in nobody’s way', async () => {
  await take();
  await makeSilent(1, 60);
  await writeFile(leasePath(2), JSON.stringify({ ...holder, host: hostname(), pid: 4_194_303, processStart: '1' }));
  expect((await taken()).number).toBe(3);
  expect(await leases()).toEqual(['job manager.3.lease']);
});

it('counts on after nine', async () => {
  await take();
  for (let number = 1; number < 12; number++) {
    await makeSilent(number, 60);
    expect((await taken()).number).toBe(number + 1);
  }
});

it('of many that want it at once one gets it', async () => {
  await taken();
  await makeSilent(1, 60);
  const answers = await Promise.all(Array.from({ length: 20 }, take));
  const leased = answers.filter((answer) => typeof answer === 'object');
  const stillGood = await Promise.allSettled(leased.map((lease) => lease.check()));
  expect(stillGood.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect((await leases()).filter((name) => name.endsWith('.lease'))).toHaveLength(1);
});

it('on standby waits, tells so once, and takes over when the other one ends', async () => {
  const first = await taken();
  const told = Promise.withResolvers<string>();
  const sentences: string[] = [];
  const waiting = takeLease(stateDir, 'job manager', {
    stop: new AbortController().signal,
    say: (sentence) => {
      sentences.push(sentence);
      told.resolve(sentence);
    },
    lookAgainMilliseconds: 10,
  });
  expect(await told.promise).toMatch(/^The job manager is on standby: a job manager runs already .*takes over when/);
  await first.release();
  expect(await waiting).toMatchObject({ kind: 'taken', lease: { number: 2 } });
  expect(sentences).toHaveLength(1);
});

it('on standby ends at once when it is told to', async () => {
  await taken();
  const stop = new AbortController();
  const say = () => stop.abort();
  expect(await takeLease(stateDir, 'job manager', { stop: stop.signal, say })).toEqual({ kind: 'stopped' });
});
