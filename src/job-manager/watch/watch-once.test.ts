import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { linkJob } from '../../jobs/handovers.ts';
import { type JobRecord, readJobRecord, writeJobRecord } from '../../jobs/job-record.ts';
import { writeMetadata } from '../../jobs/metadata.ts';
import type { Markdown } from '../../outside/github/github.ts';
import type { JobId, Slurm } from '../../outside/slurm/slurm.ts';
import type { Texts } from '../../settings/settings.ts';
import { JobStore } from '../job-store.ts';
import type { Tools } from '../tools.ts';
import { Memory, watchOnce } from './watch-once.ts';

const id = '7' as JobId;
const texts = {
  awaitsLaunch: 'job awaits launch by Slurm scheduler{extra_info}',
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
  const repository = { owner: 'O', name: 'R' };
  const record: JobRecord = {
    version: 1,
    repository,
    pullRequest: 9,
    submission: { kind: 'submitted', id, cluster: '', at: '' },
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

/** An interval in which the queue shows the job in that state. */
async function watch(state: string, reason: string, release: Slurm['release']): Promise<JobRecord | undefined> {
  const entry = { id, cluster: '', partition: 'main', state, reason, workDir: directory };
  const tools = {
    settings: {
      stateDir: join(root, 'state'),
      texts,
      build: { handover: { kind: 'hold_release' } },
      jobManager: { jobIdsDir: join(root, 'ids'), pollIntervalSeconds: 1 },
    },
    github: { updateComment: async () => 'done' },
    slurm: { readQueue: async () => ({ kind: 'queue', entries: [entry] }), release },
    jobs: new JobStore(),
    now: () => new Date(),
    log: pino({ level: 'silent' }),
  } as unknown as Tools;
  await watchOnce(tools, new Memory());
  const reading = await readJobRecord(directory);
  return reading.kind === 'record' ? reading.record : undefined;
}

const states = (record: JobRecord | undefined) => record?.rows.map((row) => row.state);

it('a job that ends before a manager that was killed at its release looks again still gets the row released', async () => {
  const killed = await watch('PENDING', 'JobHeldUser', async () => ({ kind: 'failed', message: 'killed here' }));
  expect(states(killed)).toEqual([]);
  const after = await watch('COMPLETED', 'None', async () => ({ kind: 'released' }));
  expect(states(after)).toEqual(['released', 'finished', 'test result']);
  expect(after?.rows[0]?.at.toISOString()).toBe(killed?.releaseBegun);
});

it('a job that was cancelled before anybody released it gets no row released', async () => {
  const after = await watch('CANCELLED', 'None', async () => ({ kind: 'released' }));
  expect(states(after)).toEqual(['finished', 'test result']);
});
