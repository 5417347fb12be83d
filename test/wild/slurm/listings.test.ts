import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseQueue } from '../../../src/outside/slurm/parse-queue.ts';
import { parseScontrolJob, parseScontrolJobs } from '../../../src/outside/slurm/parse-scontrol-job.ts';
import type { JobId } from '../../../src/outside/slurm/slurm.ts';

// The same jobs as each version prints them: 22.05 of Debian 12 as it came, the others by their own print functions.

/** What squeue was asked to print behind each field. */
const border = '@7d1c0f4e9ab35268e04f1a9c@';
const text = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');
const versions = (command: string) =>
  readdirSync(import.meta.dirname).flatMap((name) => new RegExp(`^${command}-(.+)\\.txt$`).exec(name)?.slice(1) ?? []);

const base = '/tmp/jobs/2026.11/pr_9/event_a/run_000';
const jobs = [
  ['1', 'FAILED', 'NonZeroExitCode', '3:0', 'exits-3'],
  ['2', 'FAILED', 'JobLaunchFailure', '0:9', 'killed'],
  ['3', 'COMPLETED', 'None', '0:0', 'ok'],
  ['4', 'PENDING', 'JobHeldUser', '0:0', 'held'],
  ['5', 'CANCELLED', 'JobHeldUser', '0:0', 'held cancelled'],
  ['6', 'PENDING', 'PartitionConfig', '0:0', 'opts'],
  ['8', 'COMPLETED', 'None', '0:0', 'opts'],
].map(([id = '', state = '', reason, exitCode, name = '']) => ({
  id,
  state,
  reason,
  exitCode,
  workDir: join(base, name),
}));
const expedited = { id: '9', state: 'EXPEDITING', reason: 'None', exitCode: '0:0', workDir: join(base, 'expedited') };
const mayBeNamed = new Set(['FAILED', 'COMPLETED', 'CANCELLED']);
const byId = (a: { id: string }, b: { id: string }) => Number(a.id) - Number(b.id);

it('each version is here', () => {
  const all = '20.11 21.08 22.05 23.02 23.11 24.05 24.11 25.05 25.11 26.05'.split(' ');
  expect([versions('squeue'), versions('scontrol')]).toEqual([all, all]);
});

it.each(versions('squeue'))('squeue %s', (version) => {
  const shown = Number(version) < 25.11 ? jobs : [...jobs, expedited];
  const queue = parseQueue(text(`squeue-${version}.txt`), border);
  expect(queue.kind === 'queue' && [...queue.entries].sort(byId)).toEqual(
    shown.map(({ exitCode, ...job }) => ({
      ...job,
      cluster: 'bot',
      partition: 'main',
      ...(mayBeNamed.has(job.state) && { exitCode }),
    })),
  );
});

it.each(versions('scontrol'))('scontrol show jobs %s', (version) => {
  const listing = text(`scontrol-${version}.txt`);
  expect(parseScontrolJobs(listing, 'root')).toEqual(jobs.map(({ id, workDir }) => ({ id, workDir })));
  // Asked for one job, scontrol prints its record alone.
  const records = listing.split(/^(?=JobId=)/m);
  for (const { id, ...job } of jobs)
    expect(
      parseScontrolJob(records.find((record) => record.startsWith(`JobId=${id} `)) ?? '', id as JobId),
    ).toMatchObject({ kind: 'job', ...job });
});

interface Row {
  readonly seen: string;
  readonly id: string;
  readonly user: string;
  readonly outcome: { readonly workDir?: string };
  readonly text: string;
}

it.each(JSON.parse(text('scontrol.json')) as Row[])('scontrol: $seen', ({ id, user, outcome, text }) => {
  const reading = parseScontrolJob(text, id as JobId);
  expect(reading).toMatchObject({ kind: 'job', ...outcome });
  const { workDir } = outcome;
  expect(reading).toEqual({ workDir, ...reading });
  expect(parseScontrolJobs(text, user)).toEqual([{ id, ...(workDir !== undefined && { workDir }) }]);
});
