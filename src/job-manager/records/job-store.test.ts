import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exampleSettings } from '../../../test/example-settings.ts';
import { type JobRecord, readJobRecord, writeJobRecord } from '../../jobs/job-record.ts';
import { Unusable } from '../../jobs/judge-error.ts';
import { finishedRow, notUploadedRow, testResultRow } from '../../messages/job-rows.ts';
import type { Comment, Forge, Markdown } from '../../outside/forge/forge.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import { JobStore, withCancellation, withRows } from './job-store.ts';

const id = '7' as JobId;
const body = (...states: string[]) =>
  [
    'New job',
    '|date|job status|comment|',
    '|----------|----------|------------------------|',
    '|Jan 05 03:04:05 UTC 2025|submitted|job id `7` awaits release by job manager|',
    ...states.map((state) => `|Jan 05 03:04:05 UTC 2025|${state}|x|`),
  ].join('\n');
const comment = (text: string, change: Partial<Comment> = {}): Comment => ({
  id: 70,
  url: 'https://github.com/O/R/pull/9#issuecomment-70',
  body: text,
  author: { login: 'my-bot[bot]', isBot: true },
  createdAt: '2025-01-05T03:04:05Z',
  ...change,
});

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'job-store-'));
});
afterEach(() => rm(directory, { recursive: true }));

const metadataPath = () => join(directory, '_bot_job7.metadata');
const writeMetadata = (commentId: string) =>
  writeFile(metadataPath(), `[PR]\nrepo = O/R\npr_number = 9\n${commentId}\n`);

/** A GitHub with these comments; what it was asked is kept. */
function github(...comments: Comment[]) {
  const asked: string[] = [];
  return {
    asked,
    readComment: async (_: unknown, wanted: number) => {
      asked.push(`comment ${wanted}`);
      return comments.find((each) => each.id === wanted) ?? 'gone';
    },
    listComments: async () => {
      asked.push('comments');
      return comments;
    },
    readOwnLogin: async () => 'My-bot[bot]',
  } satisfies Pick<Forge, 'readComment' | 'listComments' | 'readOwnLogin'> & { asked: string[] };
}

const stranger = comment(body(), { id: 69, author: { login: 'eve', isBot: false } });
const status = comment(
  '|a|b|R1|job id `7` awaits release by job manager|Jan 05 03:04:05 UTC 2025|submitted|https://x|',
  { id: 67 },
);
const ofOtherBot = comment(body(), { id: 66, author: { login: 'ci[bot]', isBot: true } });
const other = comment(body().replace('`7`', '`77`'), { id: 68 });

it.each`
  what                                     | metadata                  | comments                                                           | phase          | said
  ${'its comment, named by its metadata'}  | ${'pr_comment_id = 70\n'} | ${[comment(body('released'))]}                                     | ${'released'}  | ${'posted'}
  ${'its comment, found by its first row'} | ${''}                     | ${[status, stranger, ofOtherBot, other, comment(body('running'))]} | ${'running'}   | ${'posted'}
  ${'no comment: it was deleted'}          | ${'pr_comment_id = 70\n'} | ${[]}                                                              | ${'submitted'} | ${'silent'}
  ${'no comment that is the bot’s'}        | ${''}                     | ${[status, stranger, ofOtherBot, other]}                           | ${'submitted'} | ${'silent'}
`('a job of another bot is adopted with $what', async ({ metadata, comments, phase, said }) => {
  await writeMetadata(metadata);
  const record = await new JobStore().read({ id, directory }, github(...comments));
  expect(record).toMatchObject({ phase, comment: { kind: said }, pullRequest: 9, rows: [], rowsSent: 0 });
  if (record.comment.kind === 'posted') expect(record.comment.head).toBe(comments.at(-1).body);
  expect(await readJobRecord(directory)).toEqual({ kind: 'record', record });
  expect(await readFile(metadataPath(), 'utf8')).toContain(
    said === 'posted' || metadata ? 'pr_comment_id = 70' : '[PR]',
  );
});

it('of a job of another bot it knows who has cancelled it, and does not tell so again', async () => {
  const told = body('running').concat('\n|Jan 05 03:05:05 UTC 2025|finished|job id `7` was cancelled|');
  await writeMetadata('pr_comment_id = 70\n');
  const record = await new JobStore().read({ id, directory }, github(comment(told)));
  expect(record).toMatchObject({ phase: 'running', cancelled: {} });
  expect(withCancellation(record, new Date(0), '7', 'alice')).toBe(record);
});

it.each`
  what                                       | named                                                                  | why
  ${'of a person'}                           | ${comment(body(), { author: { login: 'eve', isBot: false } })}         | ${'is not by My-bot[bot]'}
  ${'of a person who is called as the bot'}  | ${comment(body(), { author: { login: 'my-bot[bot]', isBot: false } })} | ${'is not by My-bot[bot]'}
  ${'of another bot'}                        | ${comment(body(), { author: { login: 'ci[bot]', isBot: true } })}      | ${'is not by My-bot[bot]'}
  ${'of the bot that announces another job'} | ${comment(body().replace('`7`', '`77`'))}                              | ${'does not announce job 7'}
  ${'of the bot that announces no job'}      | ${comment('|a|b|R1|job id `7` awaits|Jan 05|submitted|u|')}            | ${'does not announce job 7'}
`('a job whose metadata name a comment $what is not adopted', async ({ named, why }) => {
  await writeMetadata('pr_comment_id = 70\n');
  const adopting = new JobStore().read({ id, directory }, github(named));
  await expect(adopting).rejects.toThrow(Unusable);
  await expect(adopting).rejects.toThrow(why);
  expect(await readJobRecord(directory)).toEqual({ kind: 'missing' });
});

it('a job without metadata, or without sense in it, is left alone', async () => {
  const job = { id, directory };
  await expect(new JobStore().read(job, github())).rejects.toThrow(Unusable);
  await writeFile(metadataPath(), '[PR]\nrepo = O/R\n');
  await expect(new JobStore().read(job, github())).rejects.toThrow('names no repository and pull request');
});

const record = (change: Partial<JobRecord> = {}): JobRecord => ({
  version: 1,
  repository: { owner: 'O', name: 'R' },
  pullRequest: 9,
  submission: { kind: 'submitted', id, cluster: '', at: '2025-01-05T03:04:05.000Z' },
  comment: { kind: 'posted', id: 70, head: body() as Markdown },
  phase: 'submitted',
  rows: [],
  rowsSent: 0,
  ...change,
});

it('before rows are sent, the comment of a job from before the start is looked at, once', async () => {
  await writeJobRecord(directory, record());
  const outside = github(comment(body('released')));
  const store = new JobStore();
  const after = await store.readToSend({ id, directory }, outside);
  expect(after).toMatchObject({ phase: 'released', comment: { head: body('released') } });
  expect(await store.readToSend({ id, directory }, outside)).toEqual(after);
  expect(outside.asked).toEqual(['comment 70']);
});

it.each`
  what                                | change
  ${'a job that was submitted since'} | ${{ submission: { kind: 'submitted', id, cluster: '', at: '2999-01-01T00:00:00.000Z' } }}
  ${'a job that has no comment'}      | ${{ comment: { kind: 'silent' } }}
`('nothing is asked for $what', async ({ change }) => {
  await writeJobRecord(directory, record(change));
  const outside = github(comment(body('released')));
  expect(await new JobStore().readToSend({ id, directory }, outside)).toEqual(record(change));
  expect(outside.asked).toEqual([]);
});

it('a row that stands in the head already is not added again', () => {
  const row = { at: new Date('2025-01-05T03:04:05Z'), state: 'running', text: 'x' as Markdown } as const;
  const told = record({ comment: { kind: 'posted', id: 70, head: body('running') as Markdown } });
  expect(withRows(told, [row])).toBe(told);
  expect(withRows(record(), [row]).rows).toEqual([row]);
});

it('keeps no more of what a job says than a comment can show', () => {
  const long = 'x'.repeat(1_000_000);
  const [at, texts] = [new Date(0), exampleSettings().texts];
  const rows = [
    finishedRow(at, texts, '7', { how: 'completed', reason: '', description: long }),
    testResultRow(at, texts, '7', long),
    notUploadedRow(at, long, ''),
  ];
  expect(withRows(record(), rows).rows.map(({ text }) => text.length)).toEqual([65_536, 65_536, 65_536]);
});

it('of a followed job the record is read again where it has changed, whoever did it, and only there', async () => {
  const store = new JobStore();
  const job = { id, directory };
  await writeJobRecord(directory, record());
  const first = await store.look(job, github());
  expect(first).toEqual(record());
  expect(await store.look(job, github())).toBe(first);
  await writeJobRecord(directory, record({ phase: 'running' }));
  expect(await store.look(job, github())).toEqual(record({ phase: 'running' }));
  await writeFile(join(directory, '_bot_job.json'), '{}');
  await expect(store.look(job, github())).rejects.toThrow(Unusable);
  store.keepOnly([]);
  await writeJobRecord(directory, record());
  expect(await store.look(job, github())).not.toBe(first);
});
