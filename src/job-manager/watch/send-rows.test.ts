import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { machineClock } from '../../daemon/clock.ts';
import { type JobRecord, type Row, readJobRecord, writeJobRecord } from '../../jobs/job-record.ts';
import {
  type Comment,
  type Markdown,
  NeedsAdmin,
  PerhapsGone,
  RefusedByForge,
  TryAgainLater,
  Unsure,
} from '../../outside/forge/forge.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import { JobStore } from '../records/job-store.ts';
import type { Tools } from '../tools.ts';
import { isBehind } from './plan-sends.ts';
import { SendAttempts } from './send-attempts.ts';
import { sendRows } from './send-rows.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'send-rows-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

type Fault = 'not done' | 'done, answer lost' | 'gone' | 'not shown' | 'refused';

/** A GitHub of one pull request, on which the request of a certain number goes wrong. */
class SmallGitHub {
  readonly comments: { id: number; body: string; createdAt: string }[] = [{ id: 7, body: 'head', createdAt: '' }];
  requests = 0;
  faultAt: (request: number) => Fault | undefined = () => undefined;

  readonly outside = {
    createComment: async (_on: unknown, body: Markdown) =>
      this.#request('create', () => {
        const comment = { id: 100 + this.comments.length, body: body as string, createdAt: '' };
        this.comments.push(comment);
        return asComment(comment);
      }),
    updateComment: async (_on: unknown, id: number, body: Markdown) =>
      this.#request('update', () => {
        const comment = this.comments.find((each) => each.id === id);
        if (comment === undefined) return 'gone' as const;
        comment.body = body;
        return 'done' as const;
      }),
    listComments: async () => this.#request('list', () => this.comments.map(asComment)),
  };

  #request<T>(kind: 'create' | 'update' | 'list', apply: () => T): T | 'gone' {
    this.requests += 1;
    const fault = this.faultAt(this.requests);
    if (fault === 'gone') return 'gone';
    if (fault === 'not shown') throw new PerhapsGone('404', { cause: undefined });
    if (fault === 'refused') throw new RefusedByForge('422');
    if (fault === 'not done') throw new TryAgainLater('502', { cause: undefined });
    const answer = apply();
    if (fault === undefined) return answer;
    throw kind === 'create' ? new Unsure('lost') : new TryAgainLater('lost', { cause: undefined });
  }
}

const asComment = (comment: { id: number; body: string; createdAt: string }): Comment => ({
  ...comment,
  url: `https://github.com/O/R/pull/9#issuecomment-${comment.id}`,
  author: { login: 'my-bot[bot]', isBot: true },
});

const rows = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) => ({
    at: new Date(index * 1000),
    state: 'uploaded' as const,
    text: `${index} ${'x'.repeat(500)}` as Markdown,
  }));

async function writeRecord(count: number, change: Partial<JobRecord> = {}): Promise<void> {
  await writeJobRecord(directory, {
    version: 1,
    repository: { owner: 'O', name: 'R' },
    pullRequest: 9,
    submission: { kind: 'submitted', id: '12' as JobId, cluster: '', at: '9999-01-01T00:00:00Z' },
    comment: { kind: 'posted', id: 7, head: 'head' as Markdown },
    phase: 'running',
    rows: rows(count),
    rowsSent: 0,
    ...change,
  });
}

/** Sends, as interval after interval does, until nothing is left; each time as a process that was just started. */
async function sendUntilDone(github: SmallGitHub, limit = 20): Promise<JobRecord> {
  const job = { id: '12' as JobId, directory };
  const log = { info() {}, warn() {} };
  const attempts = new SendAttempts();
  let record: JobRecord | undefined;
  for (let attempt = 0; attempt < limit; attempt++) {
    const tools = { forge: github.outside, jobs: new JobStore(), log, ...machineClock } as unknown as Tools;
    const reading = await readJobRecord(directory);
    record = reading.kind === 'record' ? reading.record : undefined;
    if (record === undefined || !isBehind(record)) break;
    record = await sendRows({ job, record }, tools, attempts).catch(() => record);
  }
  if (record === undefined || isBehind(record)) throw new Error('it does not come to rest');
  return record;
}

const wordsOf = ({ comments }: SmallGitHub) =>
  comments.flatMap(({ body }) => Array.from(body.matchAll(/\|uploaded\|(\d+) /g), (match) => Number(match[1])));
const all = (count: number) => Array.from({ length: count }, (_, index) => index);

it('a short table is one request', async () => {
  await writeRecord(3);
  const github = new SmallGitHub();
  await sendUntilDone(github);
  expect([github.requests, wordsOf(github)]).toEqual([1, [0, 1, 2]]);
});

it('how far an upload is stands below the table, and is one request', async () => {
  await writeRecord(1, { rowsSent: 1, uploading: { text: 'uploading `a.tar`' as Markdown, isShown: false } });
  const github = new SmallGitHub();
  const { uploading } = await sendUntilDone(github);
  expect([github.requests, uploading?.isShown]).toEqual([1, true]);
  expect(github.comments[0]?.body).toMatch(/\|uploaded\|0 x+\|\n\nuploading `a\.tar`$/);
});

it('a long one is one request too; of what does not fit it says how much there is', async () => {
  await writeRecord(600);
  const github = new SmallGitHub();
  const { rowsSent } = await sendUntilDone(github);
  const shown = wordsOf(github).length - 1; // the last one is the count of the others
  expect([rowsSent, github.requests, github.comments.length]).toEqual([600, 1, 1]);
  expect(shown).toBeGreaterThan(200);
  expect(wordsOf(github)).toEqual([...all(shown), 600 - shown]);
});

it.each(['not done', 'done, answer lost', 'not shown'] as const)(
  'sends it again where the request is %s',
  async (fault) => {
    await writeRecord(600);
    const github = new SmallGitHub();
    github.faultAt = (request) => (request === 1 ? fault : undefined);
    const { rowsSent } = await sendUntilDone(github);
    expect([rowsSent, github.requests, github.comments.length]).toEqual([600, 2, 1]);
  },
);

it('a record of an earlier version, whose table went on in further comments, is sent in one, and these are left alone', async () => {
  await writeRecord(400);
  const record = await readJobRecord(directory);
  if (record.kind !== 'record') throw new Error('no record');
  const older = {
    ...record.record,
    rowsSent: 390,
    continuations: [{ from: 250, said: { kind: 'posted', id: 8, url: '' } }],
  };
  await writeJobRecord(directory, older);
  const github = new SmallGitHub();
  github.comments.push({ id: 8, body: 'Part 2', createdAt: '' });
  await sendUntilDone(github);
  expect([github.requests, github.comments[1]?.body]).toEqual([1, 'Part 2']);
});

it('where the comment is gone the rows are recorded only, with the reason, and nothing more is asked', async () => {
  await writeRecord(600);
  const github = new SmallGitHub();
  github.faultAt = () => 'gone';
  const { comment, rows: recorded } = await sendUntilDone(github);
  expect(comment).toEqual({ kind: 'silent', why: expect.stringContaining('deleted') });
  expect([recorded.length, github.requests]).toEqual([600, 1]);
});

it('what GitHub refuses is tried five times, then set aside', async () => {
  await writeRecord(3);
  const github = new SmallGitHub();
  github.faultAt = () => 'refused';
  const { comment } = await sendUntilDone(github);
  expect(comment).toEqual({ kind: 'silent', why: expect.stringContaining('refuses') });
  expect(github.requests).toBe(5);
});

it('a comment that GitHub does not show this time rests alone, and its rows are sent when it does', async () => {
  await writeRecord(3);
  const github = new SmallGitHub();
  github.faultAt = (request) => (request === 1 ? 'not shown' : undefined);
  const { comment, rowsSent } = await sendUntilDone(github);
  expect([comment.kind, rowsSent, github.requests, wordsOf(github)]).toEqual(['posted', 3, 2, all(3)]);
});

it.each([
  ['not shown', new PerhapsGone('404', { cause: undefined }), false, 'alone'],
  ['not let, as no other is', new NeedsAdmin('403', { cause: undefined }), false, 'all wait'],
  ['not let, though others are', new NeedsAdmin('403', { cause: undefined }), true, 'alone'],
])('a comment that is %s: others pass %s', (_what, error, othersPass, first) => {
  const attempts = new SendAttempts();
  const at = (hours: number) => hours * 3_600_000;
  attempts.failed('12', error, at(0));
  if (othersPass) attempts.succeeded('13', at(0.5));
  expect(attempts.failed('12', error, at(1))).toBe(first);
  if (othersPass) attempts.succeeded('13', at(71));
  expect(attempts.failed('12', error, at(71.5))).toBe(first);
  if (othersPass) attempts.succeeded('13', at(72));
  expect(attempts.failed('12', error, at(72.5))).toBe(first === 'alone' ? 'set aside' : 'all wait');
});

it('how a comment fails alone is counted over restarts, in the record; when it can be sent it begins anew', async () => {
  await writeRecord(3);
  const github = new SmallGitHub();
  github.faultAt = (request) => (request === 4 ? undefined : 'refused');
  const job = { id: '12' as JobId, directory };
  /** One interval of a job manager that was just started. */
  const live = async () => {
    const log = { info() {}, warn() {} };
    const tools = { forge: github.outside, jobs: new JobStore(), log, ...machineClock } as unknown as Tools;
    const reading = await readJobRecord(directory);
    if (reading.kind !== 'record') throw new Error('no record');
    await sendRows({ job, record: reading.record }, tools, new SendAttempts()).catch(() => {});
    const after = await readJobRecord(directory);
    return after.kind === 'record' ? after.record : undefined;
  };
  const counts: unknown[] = [];
  for (let life = 1; life <= 4; life++) counts.push((await live())?.sending?.own);
  expect([counts, wordsOf(github)]).toEqual([[1, 2, 3, undefined], all(3)]);
  const sent = await readJobRecord(directory);
  if (sent.kind === 'record') await writeJobRecord(directory, { ...sent.record, rows: rows(4) });
  for (let life = 1; life <= 4; life++) expect((await live())?.comment.kind).toBe('posted');
  expect((await live())?.comment).toEqual({ kind: 'silent', why: expect.stringContaining('refuses') });
});
