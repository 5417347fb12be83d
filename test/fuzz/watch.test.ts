import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { machineClock } from '../../src/daemon/clock.ts';
import { Troubles } from '../../src/daemon/troubles.ts';
import { keepWatching } from '../../src/job-manager/keep-watching.ts';
import type { Tools } from '../../src/job-manager/tools.ts';
import { linkJob } from '../../src/jobs/handovers.ts';
import { type JobRecord, placeOfRecord, readJobRecord, writeJobRecord } from '../../src/jobs/job-record.ts';
import { writeMetadata } from '../../src/jobs/metadata.ts';
import type { Markdown } from '../../src/outside/forge/forge.ts';
import type { JobId } from '../../src/outside/slurm/slurm.ts';
import type { Settings, Texts } from '../../src/settings/settings.ts';
import { sealIfObject } from '../sealed-files.ts';
import { damaged, hostileText } from './hostile-text.ts';
import { howOften } from './how-often.ts';
import { wrongShapes } from './wrong-shapes.ts';

// The job manager's own intervals over what a job, or anybody who can write the files, leaves: one of two jobs writes, the other is followed.

const [good, bad] = ['7', '8'] as JobId[] as [JobId, JobId];
const repository = { owner: 'O', name: 'R' };
const at = '2026-03-10T11:00:00.000Z';
const texts = {
  awaitsLaunch: 'job awaits launch by Slurm scheduler{extra_info}',
  runningJob: 'job `{job_id}` is running',
  jobResultUnknown: 'no `{filename}`',
  jobTestUnknown: 'no `{filename}`',
} as unknown as Texts;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'fuzz-watch-'));
});
afterEach(() => rm(root, { recursive: true }));

const record = (id: JobId): JobRecord => ({
  version: 1,
  repository,
  pullRequest: 9,
  submission: { kind: 'submitted', id, cluster: '', at },
  comment: { kind: 'posted', id: Number(id) * 10, head: `head of ${id}` as Markdown },
  phase: 'submitted',
  rows: [],
  rowsSent: 0,
});
const result = '[RESULT]\ncomment_description = text\nstatus = SUCCESS\nartefacts =\n    eessi-1.tar.gz\n';
const report = { version: 1, at, troubles: [{ subject: 'queue', what: 'x' }], failing: [] };
const order = { version: 1, kind: 'clean-up', repository, pullRequest: 9, by: 'bob', delivery: 'd', at };

/** Files by what they are when nobody has touched them; `{}` stands for the job that writes. */
const files: Readonly<Record<string, string>> = {
  'jobs/8/_bot_job.json': JSON.stringify({ ...record(bad), rows: [{ at, state: 'running', text: 'x' }] }),
  'jobs/8/_bot_job8.metadata': '[PR]\nrepo = O/R\npr_number = 9\npr_comment_id = 80\n',
  'jobs/8/_bot_job8.result': result,
  'jobs/8/_bot_job8.test': result.replace('RESULT', 'TEST'),
  'jobs/8/_bot_job8.end': '',
  'state/failing-jobs.json': JSON.stringify({ version: 1, intervals: { '8 /j': 3 } }),
  'state/job-manager.json': JSON.stringify(report),
  'state/uploaded-before.json': JSON.stringify({ version: 1, uploads: [] }),
  'state/orders/2026-03-10T11-00-00.000Z_d.json': JSON.stringify(order),
  'jobs/2026.03/pr_9/uploaded.txt': '8/a.tar\n',
  'state/handed-over/8': '',
  'ids/submitted/9': '',
};

type Content = 'a directory' | 'a pipe' | 'a link to itself' | 'a link to the other job' | string | Uint8Array;

const contentOf = (text: string) =>
  fc.oneof(
    fc.constantFrom<Content>('a directory', 'a pipe', 'a link to itself', 'a link to the other job'),
    fc.constantFrom(...shapesOf(text)),
    damaged(text),
    hostileText,
    fc.uint8Array({ maxLength: 200 }),
  );

function shapesOf(text: string): string[] {
  return text.startsWith('{') ? wrongShapes(JSON.parse(text) as object, []).map(([, shape]) => shape) : [text];
}

async function put(path: string, content: Content): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(dirname(path), { recursive: true });
  if (content === 'a directory') await mkdir(join(path, 'with-something'), { recursive: true });
  else if (content === 'a pipe') execFileSync('mkfifo', [path]);
  else if (content === 'a link to itself') await symlink(path, path);
  else if (content === 'a link to the other job') await symlink(join(root, `jobs/7/_bot_job.json`), path);
  else await writeFile(path, content);
}

async function layDown(): Promise<void> {
  await rm(root, { recursive: true });
  for (const directory of ['jobs/7', 'jobs/8', 'ids/submitted', 'state'])
    await mkdir(join(root, directory), { recursive: true });
  for (const id of [good, bad]) {
    const directory = join(root, 'jobs', id);
    await writeJobRecord(directory, record(id));
    await writeMetadata(directory, id, { repository, pullRequest: 9, commentId: Number(id) * 10 });
    await linkJob(join(root, 'ids/submitted'), { id, directory });
  }
}

/** Intervals of the real watch, with the orders beside it. What was told, and what each comment shows. */
async function watch(): Promise<{
  readonly failed: readonly string[];
  readonly comments: ReadonlyMap<number, string>;
}> {
  const comments = new Map([good, bad].map((id) => [Number(id) * 10, `head of ${id}`]));
  const failed: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => void failed.push(line) });
  const settings = {
    stateDir: join(root, 'state'),
    texts,
    build: { handoverProtocol: { kind: 'hold_release' }, jobsBaseDir: join(root, 'jobs') },
    cleanUp: { trashBinDir: join(root, 'trash') },
    appName: 'my-bot',
    control: { chatLevel: 'basic', checkRuns: true, commitStatus: false },
    jobManager: { jobIdsDir: join(root, 'ids'), pollIntervalSeconds: 60, logTailLines: 20 },
  } as unknown as Settings;
  const queue = [good, bad].map((id) => ({
    ...{ id, cluster: '', partition: 'p', is: { kind: 'running' }, workDir: join(root, 'jobs', id) },
  }));
  const tools = async (_: Settings, jobs: Tools['jobs']) =>
    ({
      settings,
      forge: {
        updateComment: async (_repository: unknown, id: number, text: string) => {
          comments.set(id, text);
          return 'done';
        },
        readComment: async (_repository: unknown, id: number) =>
          comments.has(id) ? { body: comments.get(id), author: { login: 'my-bot[bot]', isBot: true } } : 'gone',
        readOwnLogin: async () => 'my-bot[bot]',
        listComments: async () => [],
        createComment: async () => 'gone',
        createCheck: async () => ({ id: 1 }),
        updateCheck: async () => 'done',
        findCheck: async () => undefined,
      },
      slurm: {
        readQueue: async () => ({ kind: 'queue', entries: queue }),
        release: async (jobs: readonly { id: string }[]) => new Map(jobs.map(({ id }) => [id, { kind: 'released' }])),
        askFor: async () => new Map(),
      },
      jobs,
      log,
      ...machineClock,
    }) as unknown as Tools;
  const settingsFile = { current: async () => settings, inForce: settings, problems: [], awaitingRestart: [] };
  const options = { maxManagerIterations: 1 };
  await keepWatching(options, {
    settingsFile,
    buildTools: tools,
    troubles: new Troubles(log),
    log,
    stop: new AbortController().signal,
  });
  return { failed, comments };
}

const changes = fc.tuple(
  ...Object.entries(files).map(([path, text]) =>
    fc.option(fc.tuple(contentOf(text), fc.boolean()), { nil: undefined }).map((change) => [path, change] as const),
  ),
);

/** As if the bot itself had written it, for what carries a seal: what is behind the seal is reached as well. */
function withSeal(path: string, content: Content): Content {
  if (typeof content !== 'string' || content.startsWith('a ')) return content;
  if (path === 'jobs/8/_bot_job.json') return sealIfObject('job record', placeOfRecord(join(root, 'jobs/8')), content);
  return path.startsWith('state/orders/') ? sealIfObject('order', basename(path), content) : content;
}

it('whatever one job and the files beside it hold, the interval comes to its end, and the other job is told of', async () => {
  await fc.assert(
    fc.asyncProperty(changes, async (changed) => {
      await layDown();
      for (const [path, change] of changed) {
        const [content, isSealed] = change ?? [];
        if (content !== undefined) await put(join(root, path), isSealed ? withSeal(path, content) : content);
      }
      const { failed, comments } = await watch();
      expect(failed.filter((line) => line.includes('an interval failed'))).toEqual([]);
      expect(comments.get(70)).toMatch(/^head of 7[\s\S]*job `7` is running/);
      expect(comments.get(70)).not.toContain('head of 8');
      expect((await readJobRecord(join(root, 'jobs/7'))).kind).toBe('record');
    }),
    howOften(200),
  );
});
