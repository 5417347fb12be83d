import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exampleSettings } from '../../../test/example-settings.ts';
import { type JobRecord, readJobRecord, writeJobRecord } from '../../jobs/job-record.ts';
import { writeUploadProgress } from '../../jobs/upload-report.ts';
import { ownText } from '../../messages/markdown.ts';
import type { Forge } from '../../outside/forge/forge.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import { JobStore } from '../records/job-store.ts';
import { isBehind } from '../watch/plan-sends.ts';
import { planProgress, showProgress, withoutProgress } from './show-progress.ts';

const GiB = 1024 ** 3;

it.each`
  what                            | progress                                         | says
  ${'a large one'}                | ${{ sentBytes: 3.1 * GiB, sizeBytes: 12 * GiB }} | ${'uploading `a.tar`: 3.1 GiB of 12 GiB'}
  ${'one that has just begun'}    | ${{ sentBytes: 0, sizeBytes: GiB }}              | ${'uploading `a.tar`: 0 bytes of 1 GiB'}
  ${'one that is sent'}           | ${{ sentBytes: 2 * GiB, sizeBytes: 2 * GiB }}    | ${'uploading `a.tar`: 2 GiB sent, reading it back'}
  ${'a small one'}                | ${{ sentBytes: 1, sizeBytes: GiB - 1 }}          | ${undefined}
  ${'a script that says nothing'} | ${undefined}                                     | ${undefined}
`('of $what it says $says', ({ progress, says }) => {
  expect(planProgress('a.tar', progress)).toBe(says);
});

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'show-progress-'));
  for (const name of ['ids', 'job']) await mkdir(join(root, name));
});
afterEach(() => rm(root, { recursive: true }));

const record: JobRecord = {
  ...{ version: 1, repository: { owner: 'O', name: 'R' }, pullRequest: 9, phase: 'finished', rows: [], rowsSent: 0 },
  submission: { kind: 'submitted', id: '7' as JobId, cluster: '', at: '2026-03-10T12:00:00.000Z' },
  comment: { kind: 'posted', id: 70, head: ownText('head') },
};

it('has the watch send how far it is, until the outcome is recorded', async () => {
  const directory = join(root, 'job');
  await writeJobRecord(directory, record);
  const { jobManager } = exampleSettings();
  const settings = exampleSettings({ jobManager: { ...jobManager, jobIdsDir: join(root, 'ids') } });
  const tools = { jobs: new JobStore(), forge: {} as Forge, settings };
  const report = join(root, 'report.json');
  const look = () => showProgress('a.tar', report, { id: '7' as JobId, directory }, tools);
  const recorded = async () => {
    const reading = await readJobRecord(directory);
    if (reading.kind !== 'record') throw new Error('no record');
    return reading.record;
  };

  await look();
  expect(await recorded()).toEqual(record);
  await writeUploadProgress(report, GiB, 2 * GiB);
  await look();
  const shown = await recorded();
  expect([shown.uploading?.text, isBehind(shown)]).toEqual(['uploading `a.tar`: 1 GiB of 2 GiB', true]);
  expect(await readdir(join(root, 'ids/submitted'))).toEqual(['7']);
  expect(withoutProgress(shown)).toEqual(record);
  expect(withoutProgress(record)).toBe(record);
});
