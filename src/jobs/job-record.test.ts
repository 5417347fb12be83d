import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Markdown } from '../outside/github/github.ts';
import type { JobId } from '../outside/slurm/slurm.ts';
import { type JobRecord, type Row, readJobRecord, writeJobRecord } from './job-record.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'job-record-'));
});
afterEach(() => rm(directory, { recursive: true }));

const row = (state: Row['state'], text: string): Row => ({ at: new Date(0), state, text: text as Markdown });
const record: JobRecord = {
  version: 1,
  repository: { owner: 'O', name: 'R' },
  pullRequest: 9,
  submission: { kind: 'submitted', id: '7' as JobId, cluster: '', at: '2025-01-05T03:04:05.000Z' },
  comment: { kind: 'posted', id: 70, head: 'x' as Markdown },
  phase: 'submitted',
  rows: [row('submitted', 'x')],
  rowsSent: 0,
};

it.each`
  what                                   | change
  ${'a managed account'}                 | ${{ repository: { owner: 'joe_acme', name: '.github' } }}
  ${'a commit'}                          | ${{ commit: 'c0ffee'.padEnd(40, '0') }}
  ${'a comment on the way'}              | ${{ comment: { kind: 'posting', head: 'x' } }}
  ${'a table that goes on'}              | ${{ continuations: [{ from: 1, said: { kind: 'posted', id: 71, url: '' } }, { from: 2 }] }}
  ${'the longest rows there are'}        | ${{ rows: Array.from({ length: 3 }, () => row('finished', '\u0001'.repeat(65_536))) }}
  ${'the longest head and many uploads'} | ${{ comment: { kind: 'posted', id: 70, head: '😀'.repeat(32_768) }, rows: Array.from({ length: 5_000 }, () => row('uploaded', 'x'.repeat(200))) }}
`('is read as it was written: $what', async ({ change }) => {
  await writeJobRecord(directory, { ...record, ...change });
  expect(await readJobRecord(directory)).toEqual({ kind: 'record', record: { ...record, ...change } });
});

const impossible = 'names a repository, pull request or comment that GitHub cannot have';

it.each`
  what                               | change                                                                 | why
  ${'dots as owner and name'}        | ${{ repository: { owner: '..', name: '..' } }}                         | ${impossible}
  ${'a dot as name'}                 | ${{ repository: { owner: 'O', name: '.' } }}                           | ${impossible}
  ${'a path as name'}                | ${{ repository: { owner: 'O', name: 'R/../../x' } }}                   | ${impossible}
  ${'a dot in an owner'}             | ${{ repository: { owner: 'a.b', name: 'R' } }}                         | ${impossible}
  ${'no repository'}                 | ${{ repository: null }}                                                | ${impossible}
  ${'a pull request below one'}      | ${{ pullRequest: 0 }}                                                  | ${impossible}
  ${'a comment that is a path'}      | ${{ comment: { kind: 'posted', id: '../5', head: 'x' } }}              | ${impossible}
  ${'a comment below one'}           | ${{ comment: { kind: 'posted', id: -1, head: 'x' } }}                  | ${impossible}
  ${'a continuation that is a path'} | ${{ continuations: [{ from: 1, said: { kind: 'posted', id: 'x' } }] }} | ${impossible}
  ${'rows that are none'}            | ${{ rows: [{}] }}                                                      | ${'is no job record of version 1'}
  ${'continuations that are none'}   | ${{ continuations: {} }}                                               | ${'is no job record of version 1'}
  ${'more than any job has'}         | ${{ x: 'x'.repeat(2 * 1024 * 1024) }}                                  | ${'is larger than 2097152 bytes'}
`('is not believed: $what', async ({ change, why }) => {
  const path = join(directory, '_bot_job.json');
  await writeFile(path, JSON.stringify({ ...record, ...change }));
  expect(await readJobRecord(directory)).toEqual({ kind: 'unusable', why: `${path} ${why}` });
});

it('passes over what is no commit: it is shown, and part of no address', async () => {
  await writeFile(join(directory, '_bot_job.json'), JSON.stringify({ ...record, commit: '`x`' }));
  expect(await readJobRecord(directory)).toEqual({ kind: 'record', record });
});
