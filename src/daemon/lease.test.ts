import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { takeLease } from './lease.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'lease-'));
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

async function take() {
  const answer = await takeLease(stateDir, 'job manager');
  return answer.kind === 'taken' ? answer.lease : answer.message;
}
const leasePath = () => join(stateDir, 'locks/job manager.lease');

/** Changes the holder that is written down, as if another process had written it. */
async function pretend(change: Record<string, unknown>): Promise<void> {
  const holder = JSON.parse(await readFile(leasePath(), 'utf8'));
  await writeFile(leasePath(), JSON.stringify({ ...holder, ...change }));
}

it('refuses a second one, naming the first, until it is released', async () => {
  const first = await take();
  expect(await take()).toMatch(
    `a job manager runs already on this state directory (process ${process.pid} on ${hostname()}`,
  );
  if (typeof first === 'string') throw new Error(first);
  await first.release();
  expect(await take()).toBeTypeOf('object');
});

it.each`
  holder                                         | change                   | ageSeconds | taken
  ${'a dead process of this machine'}            | ${{ pid: 4_194_303 }}    | ${0}       | ${true}
  ${'a pid of this machine that was used again'} | ${{ processStart: '1' }} | ${0}       | ${true}
  ${'another machine that renews'}               | ${{ host: 'login2' }}    | ${30}      | ${false}
  ${'another machine, silent for two minutes'}   | ${{ host: 'login2' }}    | ${120}     | ${true}
`('a lease held by $holder is taken over: $taken', async ({ change, ageSeconds, taken }) => {
  await take();
  await pretend(change);
  const renewed = new Date(Date.now() - ageSeconds * 1000);
  await utimes(leasePath(), renewed, renewed);
  expect(typeof (await take()) === 'object').toBe(taken);
});
