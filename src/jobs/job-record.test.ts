import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeSealedRecord } from '../../test/sealed-files.ts';
import type { Markdown } from '../outside/forge/forge.ts';
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
  ${'a job that is asked for'}           | ${{ releaseBegun: '2026-03-10T12:00:00.000Z', asked: { times: 3, at: '2026-03-10T12:00:00.000Z', timesUnknown: 2, unknownSeconds: 60.5 } }}
  ${'an order'}                          | ${{ delivery: 'g-1', orderedBy: { login: 'joe', id: 5 } }}
  ${'a target'}                          | ${{ target: { repositoryId: 'R1', nodeType: 'cpu_zen4', architecture: 'x86_64/amd/zen4', accelerator: 'nvidia/cc90' } }}
  ${'a comment on the way'}              | ${{ comment: { kind: 'posting', head: 'x' } }}
  ${'the longest rows there are'}        | ${{ rows: Array.from({ length: 3 }, () => row('finished', '\u0001'.repeat(65_536))) }}
  ${'the longest head and many uploads'} | ${{ comment: { kind: 'posted', id: 70, head: '😀'.repeat(32_768) }, rows: Array.from({ length: 5_000 }, () => row('uploaded', 'x'.repeat(200))) }}
`('is read as it was written: $what', async ({ change }) => {
  await writeJobRecord(directory, { ...record, ...change });
  expect(await readJobRecord(directory)).toEqual({ kind: 'record', record: { ...record, ...change } });
});

it('one of an earlier version, whose table went on in further comments, is read without these', async () => {
  const continuations = [{ from: 0, said: { kind: 'posted', id: 71, url: '' } }, { from: 2 }];
  await writeSealedRecord(directory, { ...record, continuations });
  expect(await readJobRecord(directory)).toEqual({ kind: 'record', record });
});

it.each`
  what                                       | change                                                                       | why
  ${'dots as owner and name'}                | ${{ repository: { owner: '..', name: '..' } }}                               | ${'repository: is no name of a repository'}
  ${'a dot as name'}                         | ${{ repository: { owner: 'O', name: '.' } }}                                 | ${'repository: is no name of a repository'}
  ${'a path as name'}                        | ${{ repository: { owner: 'O', name: 'R/../../x' } }}                         | ${'repository: is no name of a repository'}
  ${'a way up in an owner'}                  | ${{ repository: { owner: 'a/../b', name: 'R' } }}                            | ${'repository: is no name of a repository'}
  ${'a target without its repository id'}    | ${{ target: { nodeType: 'cpu_zen4' } }}                                      | ${'target.repositoryId: Invalid input: expected string, received undefined'}
  ${'no repository'}                         | ${{ repository: null }}                                                      | ${'repository: Invalid input: expected object, received null'}
  ${'a pull request below one'}              | ${{ pullRequest: 0 }}                                                        | ${'pullRequest: is no number that GitHub gives'}
  ${'a comment that is a path'}              | ${{ comment: { kind: 'posted', id: '../5', head: 'x' } }}                    | ${'comment.id: Invalid input: expected number, received string'}
  ${'a comment below one'}                   | ${{ comment: { kind: 'posted', id: -1, head: 'x' } }}                        | ${'comment.id: is no number that GitHub gives'}
  ${'a posted comment without its head'}     | ${{ comment: { kind: 'posted', id: 70 } }}                                   | ${'comment.head: Invalid input: expected string, received undefined'}
  ${'a comment on its way without its head'} | ${{ comment: { kind: 'posting' } }}                                          | ${'comment.head: Invalid input: expected string, received undefined'}
  ${'a comment of no known kind'}            | ${{ comment: { kind: 'forged' } }}                                           | ${"comment.kind: Invalid discriminator value. Expected 'none' | 'posting' | 'posted' | 'silent'"}
  ${'a phase that is an object'}             | ${{ phase: { toString: 1 } }}                                                | ${'phase: Invalid option: expected one of "submitted"|"released"|"running"|"finished"'}
  ${'a time of asking without a text'}       | ${{ asked: { times: 1, timesUnknown: 0, at: { toString: 1, valueOf: 1 } } }} | ${'asked.at: Invalid input: expected string, received object'}
  ${'a time of asking that alone is there'}  | ${{ asked: { at: { toString: 1, valueOf: 1 } } }}                            | ${'asked.times: Invalid input: expected number, received undefined'}
  ${'a time of asking that is no time'}      | ${{ asked: { times: 1, timesUnknown: 0, at: 'soon' } }}                      | ${'asked.at: Invalid ISO datetime'}
  ${'askings that are no number'}            | ${{ asked: { times: '9', timesUnknown: 0, at: new Date(0) } }}               | ${'asked.times: Invalid input: expected number, received string'}
  ${'a release that is no time'}             | ${{ releaseBegun: 'x' }}                                                     | ${'releaseBegun: Invalid ISO datetime'}
  ${'a cluster with words of a command'}     | ${{ submission: { ...record.submission, cluster: 'a --uid=0' } }}            | ${'submission.cluster: is no name of a cluster'}
  ${'a cluster that is an option'}           | ${{ submission: { ...record.submission, cluster: '-M' } }}                   | ${'submission.cluster: is no name of a cluster'}
  ${'an id that is a path'}                  | ${{ submission: { ...record.submission, id: '../7' } }}                      | ${'submission.id: is no job id'}
  ${'a submission at no time'}               | ${{ submission: { ...record.submission, at: '' } }}                          | ${'submission.at: Invalid ISO datetime'}
  ${'rows that are none'}                    | ${{ rows: [{}] }}                                                            | ${'rows.0.at: Invalid input: expected string, received undefined'}
  ${'a state that no row has'}               | ${{ rows: [{ ...row('submitted', 'x'), state: 'forged' }] }}                 | ${/^rows\.0\.state: Invalid option/}
  ${'a row that is longer than any'}         | ${{ rows: [row('finished', 'x'.repeat(65_537))] }}                           | ${'rows.0.text: Too big: expected string to have <=65536 characters'}
  ${'more rows than any job has'}            | ${{ rows: Array.from({ length: 10_001 }, () => row('finished', '')) }}       | ${'rows: Too big: expected array to have <=10000 items'}
  ${'more rows sent than there are'}         | ${{ rowsSent: 2 }}                                                           | ${'rowsSent: is more than there are rows'}
  ${'fewer rows sent than none'}             | ${{ rowsSent: -1 }}                                                          | ${'rowsSent: Too small: expected number to be >=0'}
`('is not believed: $what', async ({ change, why }) => {
  const path = join(directory, '_bot_job.json');
  await writeSealedRecord(directory, { ...record, ...change });
  const reading = await readJobRecord(directory);
  const begin = `${path} is no job record of version 1: `;
  expect(reading).toEqual({ kind: 'unusable', why: expect.stringMatching(/./) });
  const said = reading.kind === 'unusable' ? reading.why : '';
  expect(said.slice(0, begin.length)).toBe(begin);
  if (typeof why === 'string') expect(said.slice(begin.length)).toBe(why);
  else expect(said.slice(begin.length)).toMatch(why);
});

it('is not believed where it is larger than any', async () => {
  const path = join(directory, '_bot_job.json');
  await writeFile(path, JSON.stringify({ ...record, x: 'x'.repeat(2 * 1024 * 1024) }));
  expect(await readJobRecord(directory)).toEqual({ kind: 'unusable', why: `${path} is larger than 2097152 bytes` });
});

it('is not written where it could not be read again: the one that is there stays', async () => {
  await writeJobRecord(directory, record);
  const tooMany = Array.from({ length: 10_001 }, () => row('uploaded', 'x'));
  await expect(writeJobRecord(directory, { ...record, rows: tooMany })).rejects.toThrow(
    /_bot_job\.json is not written: what was to be written is no job record of version 1: rows: Too big/,
  );
  expect(await readJobRecord(directory)).toEqual({ kind: 'record', record });
});

it('leaves out what a newer version has added: the way back one version stays open', async () => {
  await writeSealedRecord(directory, { ...record, isNew: { a: 1 }, comment: { ...record.comment, isNew: 1 } });
  expect(await readJobRecord(directory)).toEqual({ kind: 'record', record });
});

const commit = 'c0ffee'.padEnd(40, '0');
const asWrittenThen = {
  delivery: '0e3e3a80-cbf3-11f0-8f2f-3a1b9e4a2c11',
  orderedBy: { login: 'alice', id: 5 },
  commit,
  repositoryId: 'eessi.io-2023.06-software',
};
it.each`
  what                                    | written                                                | target
  ${'of a version that had no target'}    | ${asWrittenThen}                                       | ${{ repositoryId: asWrittenThen.repositoryId }}
  ${'of one that noted no repository id'} | ${{ ...asWrittenThen, repositoryId: undefined }}       | ${undefined}
  ${'that both versions have written to'} | ${{ ...asWrittenThen, target: { repositoryId: 'T' } }} | ${{ repositoryId: 'T' }}
`('a record $what is read', async ({ written, target }) => {
  await writeSealedRecord(directory, { ...record, ...written });
  const { delivery, orderedBy } = asWrittenThen;
  const upgraded = { ...record, delivery, orderedBy, commit, ...(target && { target }) };
  const reading = await readJobRecord(directory);
  expect(reading).toEqual({ kind: 'record', record: upgraded });
  await writeJobRecord(directory, upgraded);
  expect(await readJobRecord(directory)).toEqual(reading);
});

it('passes over what is no commit: it is shown, and part of no address', async () => {
  await writeSealedRecord(directory, { ...record, commit: '`x`' });
  expect(await readJobRecord(directory)).toEqual({ kind: 'record', record });
});
