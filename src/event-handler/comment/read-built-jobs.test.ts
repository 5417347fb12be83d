import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exampleSettings } from '../../../test/example-settings.ts';
import { linkJob } from '../../jobs/handovers.ts';
import { type JobRecord, recordName, writeJobRecord } from '../../jobs/job-record.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import { readBuiltJobs } from './read-built-jobs.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'built-jobs-'));
});
afterEach(() => rm(root, { recursive: true }));

const which = { repository: { owner: 'O', name: 'R' }, pullRequest: 9 };
const site = exampleSettings();
const [{ name: nodeType } = { name: '' }] = site.nodeTypes;
const target = { nodeType, repositoryId: 'R1', architecture: 'x86_64/amd/zen2' };

/** Where a job lies, and its link. */
async function makeJob(id: string, change: Partial<JobRecord> = {}) {
  const directory = join(root, '2026.03/pr_9', `event_g/run_000/${id}`);
  await mkdir(directory, { recursive: true });
  await writeJobRecord(directory, {
    ...{ version: 1, ...which, rows: [], rowsSent: 0, phase: 'running', comment: { kind: 'silent' }, target },
    submission: { kind: 'submitted', id: id as JobId, cluster: '', at: '2026-03-10T11:00:00.000Z' },
    ...change,
  });
  await linkJob(join(root, '2026.03/pr_9'), { id: id as JobId, directory });
  return join(directory, recordName);
}

async function read() {
  const warnings: unknown[] = [];
  const settings = { ...site, build: { ...site.build, jobsBaseDir: root } };
  const log = { warn: ({ job }: { job: unknown }) => void warnings.push(job) } as never;
  const { jobs, unread } = await readBuiltJobs(which, 'd-1', { openPlans: async () => [] }, { settings, log });
  return { ids: jobs.map(({ id }) => id), unread, warnings };
}

it('knows what a record of an earlier version builds, which has no order in it', async () => {
  await makeJob('7');
  await makeJob('8', { ordered: 'no JSON' });
  await makeJob('9', { ordered: '{"nodeType":"of a later version"}' });
  expect(await read()).toEqual({ ids: ['7', '8', '9'], unread: [], warnings: [] });
});

it.each([
  ['that is not its own', (path: string) => writeFile(path, '{}')],
  ['that is a link', (path: string) => rm(path).then(() => symlink('/etc/passwd', path))],
  ['that is a directory', (path: string) => rm(path).then(() => mkdir(path))],
])('passes over a job with a record %s, and names it', async (_what, spoil) => {
  await spoil(await makeJob('7'));
  await makeJob('8');
  expect(await read()).toEqual({ ids: ['8'], unread: ['7'], warnings: ['7'] });
});
