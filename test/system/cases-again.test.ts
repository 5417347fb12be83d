import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CommentView } from '../../stand-ins/github/github-stand-in.ts';
import { type AnnouncedJob, type CasesSite, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';
import { repository } from './site.ts';

// Builds that are ordered again: what runs is answered with a link, what is green is left out.

let directory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
let queued: { id: string; state: string; workDir: string }[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cases-again-'));
  slurm = await ScriptedSlurm.make(directory);
  queued = [];
  story = await makeCasesSite({ slurm: slurm.environment });
  await story.site.startEventHandler();
  await story.site.startJobManager();
  await story.openPullRequest();
});
afterEach(async () => {
  await story?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

async function build(command: string): Promise<readonly AnnouncedJob[]> {
  const jobs = await story.build(command);
  queued.push(...jobs.map(({ id, directory: workDir }) => ({ id, state: 'RUNNING', workDir })));
  await slurm.queue(...queued);
  return jobs;
}

async function end(job: AnnouncedJob | undefined, status: 'SUCCESS' | 'FAILURE'): Promise<void> {
  if (job === undefined) throw new Error('no such job');
  const result = `[RESULT]\ncomment_description = ${status}\nstatus = ${status}\nartefacts =\n`;
  await writeFile(join(job.directory, `_bot_job${job.id}.result`), result);
  queued = queued.map((each) => (each.id === job.id ? { ...each, state: 'COMPLETED' } : each));
  await slurm.queue(...queued);
  await story.jobFinished(job.id);
}

const both = 'bot: build for:arch=x86_64/amd/zen2+x86_64/amd/zen3';
const targetsOf = (comments: readonly CommentView[]) =>
  comments.flatMap(({ body }) => /^Building for: `(.*?)`/m.exec(body)?.[1] ?? []);
const answersIn = (comments: readonly CommentView[]) =>
  comments.filter(({ body }) => !body.startsWith('New job')).map(({ body }) => body);

it('one of two fails, and retry builds just that one; then all are green', async () => {
  const [zen2, zen3] = await build(both);
  await end(zen2, 'SUCCESS');
  await end(zen3, 'FAILURE');
  const explained = await story.comment('bot: explain retry', 'bob');
  expect(answersIn(explained.comments)).toEqual([
    expect.stringMatching(
      /NO permission to submit build jobs[\s\S]*it would be 1 job:[\s\S]*\|`x86_64\/amd\/zen3`\|[\s\S]*- 1 target has ended in SUCCESS/,
    ),
  ]);
  const retried = await story.comment('bot: retry');
  expect([targetsOf(retried.comments), retried.reactions]).toEqual([['x86_64/amd/zen3'], ['eyes', 'rocket']]);
  expect(answersIn(retried.comments)).toEqual([
    expect.stringMatching(
      /submitted job `13`.*\n.*1 target has ended in SUCCESS on `\w{12}` already, and is left out; `bot: rebuild` builds all again/,
    ),
  ]);
  const job = { id: '13', directory: (await story.jobs())['13'] ?? '', pullRequest: story.number, commentId: 0 };
  queued.push({ id: job.id, state: 'RUNNING', workDir: job.directory });
  await end(job, 'SUCCESS');
  const nothing = await story.comment('bot: retry');
  expect(answersIn(nothing.comments)).toEqual([
    expect.stringMatching(/no jobs were submitted\n {2}- 2 targets have ended in SUCCESS/),
  ]);
  expect(nothing.reactions).toEqual(['eyes', 'confused']);
  expect(targetsOf((await story.comment('bot: rebuild arch:zen2')).comments)).toEqual(['x86_64/amd/zen2']);
});

it('what runs is answered with a link to it; force builds it; a push makes another build of it', async () => {
  const [zen2] = await build('bot: build for:arch=x86_64/amd/zen2');
  const again = await story.comment(both);
  expect([targetsOf(again.comments), again.reactions]).toEqual([['x86_64/amd/zen3'], ['eyes', 'confused', 'rocket']]);
  const link = `#issuecomment-${zen2?.commentId}`;
  expect(answersIn(again.comments)).toEqual([
    expect.stringMatching(
      new RegExp(
        `no job for \`R1\` on \`cpu_zen2\`: job \`${zen2?.id}\` builds it already, of the same commit, see .*${link}\\n`,
      ),
    ),
  ]);
  const forced = await story.comment('bot: build for:arch=x86_64/amd/zen2 force');
  expect(targetsOf(forced.comments)).toEqual(['x86_64/amd/zen2']);
  expect(answersIn(await story.comment('bot: retry').then(({ comments }) => comments))).toEqual([
    expect.stringContaining('no jobs were submitted'),
  ]);
  await story.github.push(repository, 'change-0', [{ message: 'x', files: { x: 'y' } }]);
  expect(targetsOf((await story.comment(both)).comments)).toEqual(['x86_64/amd/zen2', 'x86_64/amd/zen3']);
});

it('retry of a pull request of which nothing was built: silent, and refused where it is named', async () => {
  expect((await story.comment('bot: retry')).comments).toEqual([]);
  expect(answersIn((await story.comment('bot: retry inst:bot-a')).comments)).toEqual([
    expect.stringContaining('`bot-a` has no job of this pull request that it could `retry`'),
  ]);
});
