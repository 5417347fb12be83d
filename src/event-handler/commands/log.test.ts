import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exampleComment } from '../../../test/example-comment.ts';
import { exampleSettings } from '../../../test/example-settings.ts';
import { linkJob } from '../../jobs/handovers.ts';
import { type JobPhase, writeJobRecord } from '../../jobs/job-record.ts';
import { writeMetadata } from '../../jobs/metadata.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import { parseCommand } from '../comment/parse-command.ts';
import { parseComment } from '../comment/parse-comment.ts';
import { planAnswer } from '../comment/plan-answer.ts';
import { planComment } from '../comment/plan-comment.ts';
import type { Tools } from '../tools.ts';
import { log } from './log.ts';

const site = exampleSettings();

function plan(typed: string) {
  const planned = planComment(parseComment(exampleComment(`bot: ${typed}`), site), {}, site);
  const [command] = planned.kind === 'planned' ? planned.commands : [];
  if (command === undefined) throw new Error(`not planned: ${typed}`);
  return command;
}

it.each`
  typed                                        | outcome
  ${'log jobid:7'}                             | ${{ kind: 'log', jobs: ['7'], lines: 50 }}
  ${'log job:7 lines:200'}                     | ${{ kind: 'log', jobs: ['7'], lines: 200 }}
  ${'log jobid:7 jobid:8 jobid:7'}             | ${{ kind: 'log', jobs: ['7', '8'], lines: 50 }}
  ${'log jobid:0007 jobid:7'}                  | ${{ kind: 'log', jobs: ['7'], lines: 50 }}
  ${'log'}                                     | ${{ kind: 'refused', reason: 'it lacks the number of a job, as in `bot: log jobid:12345`; the comment of a job has its number.' }}
  ${'log jobid:^7$'}                           | ${{ kind: 'refused', reason: '`jobid:^7$` is no number of a job: type digits only, as in `bot: log jobid:12345`; the comment of a job has its number.' }}
  ${'log jobid:7 arch:zen2 repo:R1'}           | ${{ kind: 'refused', reason: '`log` takes no `architecture:`, `repository:`: it shows the jobs that `jobid:` names, as in `bot: log jobid:12345`; the comment of a job has its number.' }}
  ${'log job:1 job:2 job:3 job:4 job:5 job:6'} | ${{ kind: 'refused', reason: 'it names 6 jobs; at most 5 are shown in one comment.' }}
  ${'log jobid:7 lines:0'}                     | ${{ kind: 'misunderstood', reason: '`lines:0` is no number of lines: give 1 to 500, as in `lines:100`.' }}
  ${'log jobid:7 lines:501'}                   | ${{ kind: 'misunderstood', reason: '`lines:501` is no number of lines: give 1 to 500, as in `lines:100`.' }}
  ${'log jobid:7 sha:1a2b3c4'}                 | ${{ kind: 'misunderstood', reason: '`sha:` is for `build` only; `log` shows all commits.' }}
  ${'status lines:7'}                          | ${{ kind: 'misunderstood', reason: '`lines:` is for `log` only; `status` shows no output of a job.' }}
`('$typed', ({ typed, outcome }) => {
  expect(plan(typed).outcome).toMatchObject(outcome);
});

describe('what lies in the directories of the pull request', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'log-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  const repository = { owner: 'O', name: 'R' };

  async function makeJob(id: string, { phase = 'running', pullRequest = 9, of = 'R', month = '2026.03' } = {}) {
    const directory = join(root, month, `pr_${pullRequest}`, `event_g/run_000/${id}`);
    await mkdir(directory, { recursive: true });
    await writeJobRecord(directory, {
      version: 1,
      repository: { owner: 'O', name: of },
      pullRequest,
      submission: { kind: 'submitted', id: id as JobId, cluster: '', at: '2026-03-10T11:00:00.000Z' },
      comment: { kind: 'posted', id: 70, head: 'head' as Markdown },
      phase: phase as JobPhase,
      rows: [],
      rowsSent: 0,
    });
    await linkJob(join(root, month, `pr_${pullRequest}`), { id: id as JobId, directory });
    await writeFile(join(directory, `slurm-${id}.out`), `one\ntwo of ${id}\n`);
    return directory;
  }

  async function answer(typed: string) {
    const command = plan(typed);
    const settings = { ...site, build: { ...site.build, jobsBaseDir: root } };
    const context = { repository: { owner: 'o', name: 'r' }, pullRequest: 9 } as never;
    const got = await log.carryOut?.(command.outcome as never, context, { settings } as unknown as Tools);
    return { command, answer: planAnswer(command, got, 'alice', settings) };
  }

  async function whose(typed: string) {
    const parsed = parseCommand(typed, site.dialect);
    if (parsed.kind === 'misunderstood') throw new Error(`not understood: ${typed}`);
    const settings = { ...site, build: { ...site.build, jobsBaseDir: root } };
    return await log.whoseIs?.(parsed, { repository, pullRequest: 9 }, settings);
  }

  it('shows a job of it, whichever month it is of', async () => {
    await makeJob('7', { month: '2026.02' });
    const { answer: said } = await answer('log jobid:7 lines:1');
    expect(said?.comment?.saying).toBe('log');
    expect(said?.comment?.body).toContain('is running.\n\n<details><summary>The last line of <code>slurm-7.out</code>');
    expect(said?.comment?.body).toContain('<pre>\ntwo of 7\n</pre>');
  });

  it('shows a job that another bot submitted, by its metadata', async () => {
    const directory = await makeJob('7');
    await rm(join(directory, '_bot_job.json'));
    await writeMetadata(directory, '7' as JobId, { repository, pullRequest: 9, commentId: 70 });
    expect((await answer('log jobid:7')).answer?.comment?.body).toMatch(
      /^Job `7` .* is not followed by this bot yet\./,
    );
  });

  it.each([
    ['that is nowhere', async () => {}],
    ['of another pull request', () => makeJob('7', { pullRequest: 8 })],
    ['of another repository whose pull request has the same number', () => makeJob('7', { of: 'other' })],
    [
      'whose record was put there by somebody else',
      async () => {
        await writeFile(join(await makeJob('7'), '_bot_job.json'), '{}');
      },
    ],
    ['whose directory is gone', async () => rm(await makeJob('7'), { recursive: true })],
  ])('shows nothing at all of a job %s: another instance may have it', async (_what, make) => {
    await make();
    expect(await whose('log jobid:7')).toEqual({ kind: 'not-here', jobs: ['7'] });
    expect(await whose('log jobid:7 inst:bot')).toEqual({ kind: 'ours' });
    expect((await answer('log jobid:7 inst:bot')).answer).toEqual({
      result: {
        ...{ kind: 'failed', command: 'log' },
        reason: 'Instance `bot-a` has no job `7` of this pull request; `bot: status` lists the jobs of all',
      },
    });
  });

  it('shows the jobs that it has, and names the others', async () => {
    await makeJob('7');
    expect(await whose('log jobid:7 jobid:8')).toEqual({ kind: 'ours' });
    const { answer: said } = await answer('log jobid:7 jobid:8');
    expect(said?.comment?.body).toMatch(
      /^Job `7`[\s\S]*\n\nInstance `bot-a` has no job `8` of this pull request; `bot: status` lists the jobs of all\.$/,
    );
  });
});
