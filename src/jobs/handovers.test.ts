import { mkdtemp, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JobId } from '../outside/slurm/slurm.ts';
import { finishJob, handOver, linkNewestJob, readHandovers, readSubmitted, takeJob } from './handovers.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'handovers-'));
});
afterEach(() => rm(directory, { recursive: true }));

const job = (event: string) => ({ id: '7' as JobId, directory: `/jobs/2026.11/pr_9/event_${event}/run_000/R1` });
const stateDir = () => join(directory, 'state');
const ids = () => join(directory, 'ids');
const take = (event: string) => takeJob(stateDir(), ids(), job(event));

it('a job is taken once, however often it is handed over or seen in the queue', async () => {
  await handOver(stateDir(), job('a'));
  expect(await take('a')).toBe('taken');
  expect(await take('a')).toBe('taken');
  expect(await readSubmitted(ids())).toEqual([job('a')]);
  expect(await readHandovers(stateDir())).toEqual([]);
  await finishJob(ids(), job('a').id);
  expect(await take('a')).toBe('finished');
  expect(await readSubmitted(ids())).toEqual([]);
});

it('a job is not handed over in the place of an earlier one of its id that is not taken', async () => {
  expect(await handOver(stateDir(), job('a'))).toBe('handed over');
  expect(await handOver(stateDir(), job('b'))).toBe('waits');
  expect(await readHandovers(stateDir())).toEqual([job('a')]);
  await take('a');
  expect(await handOver(stateDir(), job('b'))).toBe('handed over');
});

it('among the links of a pull request the newest job of an id has it', async () => {
  for (const event of ['a', 'b', 'b']) await linkNewestJob(directory, job(event));
  expect(await readlink(join(directory, '7'))).toBe(job('b').directory);
});

it('a job that is given the id of an earlier one waits for the end of that', async () => {
  expect(await take('a')).toBe('taken');
  await handOver(stateDir(), job('b'));
  expect(await take('b')).toBe('waits');
  expect(await readHandovers(stateDir())).toEqual([job('b')]);
  expect(await readSubmitted(ids())).toEqual([job('a')]);
  await finishJob(ids(), job('a').id);
  expect(await take('b')).toBe('taken');
  expect(await readSubmitted(ids())).toEqual([job('b')]);
  await finishJob(ids(), job('b').id);
  expect(await readlink(join(ids(), 'finished/7'))).toBe(job('b').directory);
  expect(await take('b')).toBe('finished');
});
