import { mkdir, mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exampleSettings } from '../../../test/example-settings.ts';
import { Troubles } from '../../daemon/troubles.ts';
import { type JobRecord, writeJobRecord } from '../../jobs/job-record.ts';
import { appendToLedger } from '../../jobs/ledger.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import { plainWords } from './gather-page-facts.ts';
import { StatusPage } from './status-page.ts';

const log = pino({ level: 'silent' });
const record = (id: string, phase: JobRecord['phase']): JobRecord => ({
  version: 1,
  repository: { owner: 'O', name: 'R' },
  pullRequest: 9,
  target: { repositoryId: 'R1', architecture: 'x86_64/generic' },
  submission: { kind: 'submitted', id: id as JobId, cluster: '', at: '2026-03-10T11:00:00.000Z' },
  comment: { kind: 'posted', id: 70, url: 'https://github.com/O/R/pull/9#issuecomment-70', head: 'head' as Markdown },
  phase,
  rows: [{ at: new Date('2026-03-10T11:01:00Z'), state: 'running', text: 'job `7` is running' as Markdown }],
  rowsSent: 1,
});

let root: string;
let path: string;
let clock: { now: () => Date; monotonic: () => number };
let troubles: Troubles;
let minutes: number;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'status-page-'));
  path = join(root, 'page.html');
  minutes = 0;
  clock = { now: () => new Date(Date.UTC(2026, 2, 10, 12, minutes)), monotonic: () => minutes * 60_000 };
  troubles = new Troubles(log);
  for (const name of ['state', 'ids/finished']) await mkdir(join(root, name), { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

const followed = (id: string, phase: JobRecord['phase'] = 'running') => ({
  job: { id: id as JobId, directory: join(root, id) },
  record: record(id, phase),
});

async function update(page: StatusPage, jobs: Parameters<StatusPage['update']>[1], statusPage = path): Promise<void> {
  const { jobManager } = exampleSettings();
  const settings = exampleSettings({
    stateDir: join(root, 'state'),
    jobManager: { ...jobManager, jobIdsDir: join(root, 'ids'), statusPage },
  });
  await page.update({ settings, log, ...clock }, jobs, troubles);
}

/** Of the file as it is: the time it tells. */
async function toldTime(): Promise<string | undefined> {
  return / id="written" datetime="[^"]*T([\d:]{5})/.exec(await readFile(path, 'utf8'))?.[1];
}

describe('the file of the status page', () => {
  it('is written when it would say something else, and every five minutes', async () => {
    const page = new StatusPage();
    await update(page, []);
    expect(await toldTime()).toBe('12:00');
    minutes = 1;
    await update(page, []);
    expect(await toldTime()).toBe('12:00');
    await update(page, [followed('7')]);
    expect(await toldTime()).toBe('12:01');
    minutes = 6;
    await update(page, [followed('7')]);
    expect(await toldTime()).toBe('12:06');
  });

  it('tells once a job that ended and is not put away yet', async () => {
    await update(new StatusPage(), [followed('7', 'finished')]);
    const [queue = '', ended = ''] = (await readFile(path, 'utf8')).split('Jobs that have ended');
    expect(queue).toContain('No job waits or runs.');
    expect(ended.match(/>7<\/a>/g)).toHaveLength(1);
  });

  it('can be read by a web server', async () => {
    await update(new StatusPage(), []);
    expect((await stat(path)).mode & 0o777).toBe(0o644);
  });

  it('tells jobs that have ended, and deployments', async () => {
    await mkdir(join(root, '6'));
    await writeJobRecord(join(root, '6'), { ...record('6', 'finished') });
    await symlink(join(root, '6'), join(root, 'ids/finished/6'));
    const page = new StatusPage();
    await update(page, []);
    const [, ended = ''] = (await readFile(path, 'utf8')).split('Jobs that have ended');
    expect(ended).toMatch(/>6<\/a>[\s\S]*O\/R#9[\s\S]*x86_64\/generic[\s\S]*R1/);
    minutes = 1;
    const entry = { at: '2026-03-10T12:00:30.000Z', by: 'alice', delivery: 'd', repository: 'O/R', pullRequest: 9 };
    await appendToLedger(join(root, 'state'), {
      ...entry,
      job: '6' as JobId,
      artefact: 'a.tar.gz',
      outcome: 'uploaded',
    });
    await update(page, []);
    expect(await readFile(path, 'utf8')).toContain('a.tar.gz');
  });

  it('tells no path and no secret', async () => {
    troubles.report('git', 'git says: /home/me/key.pem is not readable, ghp_0123456789abcdefghijklmnopqrstuvwxyz');
    await update(new StatusPage(), []);
    const written = await readFile(path, 'utf8');
    expect(written).toContain('git says: (path) is not readable');
    expect(written).not.toContain('ghp_');
  });

  it('is a trouble where it cannot be written, until it can', async () => {
    const page = new StatusPage();
    await update(page, [], join(root, 'nowhere/page.html'));
    expect(troubles.open).toMatchObject([{ kind: 'page', words: expect.stringContaining('nowhere') }]);
    await update(page, []);
    expect(troubles.open).toEqual([]);
  });
});

it.each([
  { markdown: ':cry: FAILURE, tests :grin: SUCCESS', words: 'FAILURE, tests SUCCESS' },
  { markdown: '`TIMEOUT` (limit 1:00:00) :cry: FAILURE', words: 'TIMEOUT (limit 1:00:00) FAILURE' },
  { markdown: '<details><summary>:shrug: UNKNOWN _(click)_</summary></details>', words: 'UNKNOWN _(click)_' },
  { markdown: String.raw`a\_b \*c\*`, words: 'a_b *c*' },
])('says $words in plain words', ({ markdown, words }) => {
  expect(plainWords(markdown)).toBe(words);
});
