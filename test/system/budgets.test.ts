import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readSeal } from '../../src/jobs/begin-sealed.ts';
import { placeOfRecord } from '../../src/jobs/job-record.ts';
import type { ApiRequest, CommentView } from '../../stand-ins/github/github-stand-in.ts';
import { readSealed } from '../sealed-files.ts';
import { type CasesSite, fileAppears, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';
import { linesOf, repository } from './site.ts';

// GitHub that limits, refuses, forgets or loses: the real daemons wait, send in one go what became due meanwhile, and give up what can
// never succeed, once.

let directory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'budgets-'));
  slurm = await ScriptedSlurm.make(directory);
  story = await makeCasesSite({
    slurm: slurm.environment,
    settings: { 'buildenv.slurm_params': '', 'buildenv.job_name': '', 'buildenv.local_tmp': '' },
  });
  await story.site.startEventHandler();
  await story.openPullRequest();
});
afterEach(async () => {
  await story?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

const zen2 = 'bot: build for:arch=x86_64/amd/zen2';
const zen3 = 'bot: build for:arch=x86_64/amd/zen3';

/** Commands a build and gives back its comment. */
async function build(command = zen2): Promise<CommentView> {
  const { comments } = await story.comment(command);
  const job = comments.find(({ body }) => body.includes('|submitted|'));
  if (job === undefined) throw new Error('no job was told of');
  return job;
}
const directoryOf = async (id: string) => (await story.jobs())[id] ?? '';
const states = async (...jobs: [id: string, state: string][]) =>
  slurm.queue(...(await Promise.all(jobs.map(async ([id, state]) => ({ id, state, workDir: await directoryOf(id) })))));
const requests = (operationId: string) =>
  story.github.requests.filter((request) => request.operationId === operationId && request.status !== undefined);
const updatesOf = (comment: CommentView) =>
  requests('issues/update-comment').filter(({ path }) => path.endsWith(`/${comment.id}`));
const shows = (comment: CommentView, row: string, where = repository) =>
  story.until(comment.id, new RegExp(`\\|${row}\\|`), where);
const refused = (operationId: string, status: number) =>
  story.github.waitFor(`a ${status} to ${operationId}`, () =>
    requests(operationId).find((request) => request.status === status),
  );
const recordOf = async (id: string) => JSON.parse(await readFile(join(await directoryOf(id), '_bot_job.json'), 'utf8'));
const warnings = async (pattern: RegExp) =>
  (await linesOf(join(story.directory, 'job_manager.log'))).filter((line) => pattern.test(line));
const since = (first: ApiRequest) =>
  story.github.requests.filter(({ at }) => at > first.at).map(({ at }) => (at.getTime() - first.at.getTime()) / 1000);

it.each([
  ['403 with retry-after', { status: 403, headers: { 'retry-after': '5' } }],
  ['429 with the end of the window', { status: 429, headers: { 'x-ratelimit-remaining': '0' } }],
] as const)(
  '%s: nothing is sent until then; then a request per job, and first what people wait for',
  async (_what, limit) => {
    const [first, second] = [await build(zen2), await build(zen3)];
    const reset = Math.ceil(Date.now() / 1000) + 8;
    const headers =
      'retry-after' in limit.headers ? limit.headers : { ...limit.headers, 'x-ratelimit-reset': String(reset) };
    story.github.failNext({ operationId: 'issues/update-comment', times: 1, fault: { ...limit, headers } });
    await states(['11', 'RUNNING'], ['12', 'PENDING']);
    await story.site.startJobManager();
    const limited = await refused('issues/update-comment', limit.status);
    await states(['11', 'RUNNING'], ['12', 'COMPLETED']);
    await shows(first, 'running');
    await shows(second, 'test result');
    const waits = since(limited);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(limit.status === 403 ? 5 : reset - limited.at.getTime() / 1000);
    // One each, the one that ended first; of the first job one more was refused.
    expect(
      requests('issues/update-comment').map(({ path, status }) => [Number(path.split('/').at(-1)), status]),
    ).toEqual([
      [first.id, limit.status],
      [second.id, 200],
      [first.id, 200],
    ]);
  },
);

it('a limit that meets one command holds for all of them; then all are answered', async () => {
  const other = await story.github.openPullRequest(repository, { branch: 'other', user: 'dave' });
  story.github.failNext({
    operationId: 'reactions/create-for-issue-comment',
    times: 1,
    fault: {
      status: 403,
      body: '{"message":"You have exceeded a secondary rate limit"}',
      headers: { 'retry-after': '4' },
    },
  });
  await story.github.comment(repository, story.number, 'alice', 'bot: help');
  const limited = await refused('reactions/create-for-issue-comment', 403);
  await story.github.comment(repository, other, 'alice', 'bot: help');
  const answers = [await story.github.nextComment(), await story.github.nextComment()];
  expect(answers.map(({ number }) => number).sort()).toEqual([story.number, other].sort());
  expect(Math.min(...since(limited))).toBeGreaterThanOrEqual(4);
});

it('a token that is worthless before its time is replaced, and nothing is done twice', async () => {
  const job = await build();
  story.github.expireTokens();
  await states(['11', 'RUNNING']);
  await story.site.startJobManager();
  await shows(job, 'running');
  story.github.expireTokens();
  const help = await story.comment('bot: help');
  await states(['11', 'COMPLETED']);
  await shows(job, 'test result');
  expect(help.comments).toHaveLength(1);
  expect(story.comments().filter(({ body }) => body.includes('|submitted|'))).toHaveLength(1);
});

it.each(['suspended', 'removed'] as const)(
  'while the installation is %s all waits, and goes on when it is back',
  async (how) => {
    const job = await build();
    await states(['11', 'RUNNING']);
    story.github.setInstallation(how);
    await story.site.startJobManager();
    await refused('apps/create-installation-access-token', how === 'suspended' ? 403 : 404);
    const delivery = await story.github.comment(repository, story.number, 'alice', 'bot: help');
    expect(delivery.status).toBe(202);
    story.github.setInstallation('active');
    await shows(job, 'running');
    await story.workedOff(delivery);
    expect(story.comments().filter(({ body }) => body.includes('What can be typed'))).toHaveLength(1);
  },
);

it('the repository was archived: said once, set aside with the reason, and not asked again; the job comes to its end', async () => {
  const job = await build();
  const id = '11';
  const place = await directoryOf(id);
  story.github.archiveRepository(repository);
  await slurm.queue({ id, state: 'RUNNING', workDir: place });
  await story.site.startJobManager();
  await refused('issues/update-comment', 403);
  await slurm.queue({ id, state: 'COMPLETED', workDir: place });
  await story.jobFinished(id);
  const record = await recordOf(id);
  expect(record.comment).toEqual({ kind: 'silent', why: expect.stringMatching(/deleted/) });
  expect(record.rows.map(({ state }: { state: string }) => state)).toEqual(
    expect.arrayContaining(['running', 'finished']),
  );
  // A refusal is asked once more with a new token.
  expect(updatesOf(job)).toHaveLength(2);
  expect(await warnings(/is given up/)).toHaveLength(1);
});

it.each([
  ['the comment', (job: CommentView) => void story.github.deleteComment(repository, job.id, 'bob')],
  ['the repository', () => story.github.deleteRepository(repository)],
] as const)(
  '%s is not shown: nothing is given up yet, rows are recorded, and it is not asked for each interval',
  async (_what, lose) => {
    const job = await build();
    const place = await directoryOf('11');
    lose(job);
    await slurm.queue({ id: '11', state: 'RUNNING', workDir: place });
    await story.site.startJobManager();
    // It is read first, since another bot may have written to it before this job manager started.
    await refused('issues/get-comment', 404);
    await slurm.queue({ id: '11', state: 'COMPLETED', workDir: place });
    const statesRecorded = async () => (await recordOf('11')).rows.map(({ state }: { state: string }) => state);
    await expect.poll(statesRecorded, { timeout: 60_000 }).toContain('finished');
    expect((await recordOf('11')).comment).toMatchObject({ kind: 'posted', id: job.id });
    expect(requests('issues/get-comment')).toHaveLength(1);
    expect(await warnings(/GitHub does not show it \(404\)/)).not.toEqual([]);
    expect(await warnings(/is given up/)).toEqual([]);
  },
);

it.each([
  ['not shown once', 404, { message: 'Not Found' }, 1],
  [
    'not let by an allow list, also with a new token',
    403,
    { message: 'the `EESSI` organization has an IP allow list enabled' },
    2,
  ],
] as const)('a comment that is %s: the job gets it, and its rows', async (_what, status, body, times) => {
  const fault = { status, body: JSON.stringify(body) };
  story.github.failNext({ operationId: 'issues/create-comment', times, fault });
  const job = await build();
  expect(requests('issues/create-comment').map((request) => request.status)).toContain(status);
  await states(['11', 'RUNNING']);
  await story.site.startJobManager();
  await shows(job, 'running');
});

it('a locked conversation: the job runs and ends unseen, and other pull requests go on', async () => {
  story.github.lockConversation(repository, story.number);
  await story.comment(zen2);
  await states(['11', 'COMPLETED']);
  await story.site.startJobManager();
  await story.jobFinished('11');
  expect((await recordOf('11')).comment).toEqual({ kind: 'silent', why: expect.stringMatching(/locked|deleted/) });
  const attempts = requests('issues/create-comment').length;
  expect(attempts).toBeLessThanOrEqual(4); // the job’s comment and the answer, each once more with a new token
  await story.openPullRequest();
  expect((await story.comment('bot: help')).comments).toHaveLength(1);
});

it('a repository that was renamed or transferred is followed to its new name', async () => {
  const job = await build();
  await states(['11', 'RUNNING']);
  story.github.renameRepository(repository, 'EESSI-new/layer');
  await story.site.startJobManager();
  await shows(job, 'running', 'EESSI-new/layer');
  const help = await story.comment('bot: help', 'alice', 'EESSI-new/layer');
  expect(help.comments).toHaveLength(1);
  const again = await story.comment(zen3, 'alice', 'EESSI-new/layer');
  expect(again.comments.map(({ body }) => /\|submitted\|/.test(body))).toEqual([true]);
});

it('an answer that breaks off is none: neither a comment, nor a list without one', async () => {
  for (const operationId of ['issues/create-comment', 'issues/list-comments']) {
    story.github.failNext({ operationId, times: 1, fault: 'cut-in-answer' });
  }
  const job = await build();
  story.github.failNext({ operationId: 'issues/update-comment', times: 1, fault: 'cut-in-answer' });
  await states(['11', 'RUNNING']);
  await story.site.startJobManager();
  await shows(job, 'running');
  expect(story.comments().filter(({ author }) => author.endsWith('[bot]'))).toHaveLength(1);
});

it('a table that is too long is cut and says so, once, though the answer to it is lost; status reads it', async () => {
  await build();
  const path = join(await directoryOf('11'), '_bot_job.json');
  const record = await readSealed(path);
  const rows = Array.from({ length: 400 }, (_, index) => ({
    at: new Date().toISOString(),
    state: 'not uploaded',
    text: `${index} ${'x'.repeat(300)}`,
  }));
  const seal = await readSeal(join(story.directory, 'private-key.pem'));
  const longer = JSON.stringify({ ...record, rows: [...record.rows, ...rows] });
  await writeFile(path, seal.close('job record', placeOfRecord(await directoryOf('11')), longer));
  await fileAppears(join(story.directory, 'jobs/.bot/handed-over'), (name) => name === '11');
  await states(['11', 'COMPLETED']);
  story.github.failNext({ operationId: 'issues/update-comment', times: 1, fault: 'cut-after-applying' });
  await story.site.startJobManager();
  await story.jobFinished('11');
  const tables = story.comments().filter(({ body }) => body.includes('|date|job status|comment|'));
  expect(tables.map(({ body }) => body.split('\n')[0])).toEqual([expect.stringMatching(/^New job on instance/)]);
  const body = tables[0]?.body ?? '';
  const numbers = Array.from(body.matchAll(/\|not uploaded\|(\d+) x/g), (match) => Number(match[1]));
  expect(numbers).toEqual(numbers.map((_, index) => index));
  expect(numbers.length).toBeGreaterThan(200);
  expect(body).toContain(`|not uploaded|${400 - numbers.length} more, see \`_bot_job.json\` in the job's directory|`);
  expect(body).toMatch(/\|finished\|/);
  const { comments } = await story.comment('bot: status');
  const status = comments.find(({ body }) => body.includes('status of all the'));
  expect(status?.body.split('\n').slice(4)).toEqual([expect.stringContaining(`|finished|${story.github.serverUrl}`)]);
});
