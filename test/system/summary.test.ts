import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { CommentView } from '../../stand-ins/github/github-stand-in.ts';
import { realSlurm } from '../slurm/real-slurm.ts';
import { type CasesSite, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';

// One comment that shows all jobs of a command.

const slurm = realSlurm();
let story: CasesSite;
afterEach(() => story?.close());

async function begin(settings: Record<string, string>) {
  story = await makeCasesSite({ slurm: slurm().environment, settings: { 'bot_control.summary': 'true', ...settings } });
  await story.site.startEventHandler();
  const jobManager = await story.site.startJobManager();
  await story.openPullRequest();
  return jobManager;
}

const two = 'bot: build for:arch=x86_64/amd/zen2+x86_64/amd/zen3';
const summaries = () => story.comments().filter(({ body }) => body.includes('<!-- summary '));
const summaryWith = (pattern: RegExp): Promise<CommentView> =>
  story.github.waitFor(`${pattern} in a summary`, () => summaries().find(({ body }) => pattern.test(body)));

it('beside the comments of the jobs, to which it leads', async () => {
  await begin({ 'deploycfg.upload_policy': 'all' });
  await story.comment(two);
  const { body, id } = await summaryWith(/: 2 finished$/m);
  const [first, second] = story.comments().filter((comment) => comment.body.startsWith('New job on instance'));
  expect(body).toMatch(/^2 builds of commit `[0-9a-f]{7}` on instance `bot-a`, ordered by `alice`: 2 finished$/m);
  const rows = body.split('\n').filter((line) => line.startsWith('|`'));
  expect(rows.map((line) => line.split('|').slice(1, 3))).toEqual([
    ['`x86_64/amd/zen2`', 'finished'],
    ['`x86_64/amd/zen3`', 'finished'],
  ]);
  expect(rows[0]).toContain(`issuecomment-${first?.id})`);
  expect(rows[1]).toContain(`issuecomment-${second?.id})`);
  await story.github.setLabel('EESSI/software-layer', story.number, 'carol', 'bot:deploy');
  expect((await summaryWith(/: 2 uploaded$/m)).id).toBe(id);
  expect(summaries()).toHaveLength(1);
});

it('instead of them: one comment for all, which status reads', async () => {
  await begin({ 'bot_control.job_comments': 'false', 'deploycfg.upload_policy': 'all' });
  const { comments } = await story.comment(two);
  expect(comments.filter(({ body }) => body.startsWith('New job'))).toEqual([]);
  await summaryWith(/: 2 finished$/m);
  expect(story.comments().filter(({ body }) => body.startsWith('New job'))).toEqual([]);
  const status = await story.comment('bot: status');
  const rows = status.comments.flatMap(({ body }) =>
    body.split('\n').filter((line) => line.includes(':grin: SUCCESS')),
  );
  expect(rows).toHaveLength(2);
  // All is at rest; GitHub is away when there is something to show once more.
  story.github.failNext({ operationId: 'issues/update-comment', times: 1, fault: { status: 502 } });
  await story.github.setLabel('EESSI/software-layer', story.number, 'carol', 'bot:deploy');
  await summaryWith(/: 2 uploaded$/m);
});

it('goes on where the job manager was killed', async () => {
  const jobManager = await begin({});
  await story.comment(two);
  await summaryWith(/^2 builds/);
  await jobManager.kill();
  await story.site.startJobManager();
  await summaryWith(/: 2 finished$/m);
  expect(summaries()).toHaveLength(1);
});

it('sixty jobs are one comment and at most one edit of it in an interval: GitHub takes 80 of such requests a minute', async () => {
  const names = Array.from({ length: 60 }, (_, index) => `t${index}`);
  const nodeTypes = names.map((name) => [
    name,
    { os: 'linux', cpu_subdir: name, slurm_params: '', repo_targets: ['R1'] },
  ]);
  const scripted = await ScriptedSlurm.make(join(slurm().directory, 'scripted'));
  story = await makeCasesSite({
    slurm: scripted.environment,
    settings: {
      'bot_control.summary': 'true',
      'bot_control.job_comments': 'false',
      'architecturetargets.node_type_map': JSON.stringify(Object.fromEntries(nodeTypes)),
    },
  });
  await story.site.startEventHandler();
  await story.openPullRequest();
  const { reactions } = await story.comment('bot: build for:arch=all');
  expect(reactions).toEqual(['eyes', 'rocket']);
  const jobs = Object.entries(await story.jobs()).map(([id, workDir]) => ({ id, workDir }));
  expect(jobs).toHaveLength(60);
  const queue = (state: string, reason = 'None') => scripted.queue(...jobs.map((job) => ({ ...job, state, reason })));
  await queue('PENDING', 'JobHeldUser');
  await story.site.startJobManager();
  const { id } = await summaryWith(/: 60 released$/m);
  await queue('RUNNING');
  await summaryWith(/: 60 running$/m);
  await queue('COMPLETED');
  const { body } = await summaryWith(/: 60 finished$/m);
  expect(body.match(/^\|`t\d+`\|finished\|/gm)).toHaveLength(60);

  const written = story.github.requests.filter(({ path }) => path.includes('/comments'));
  const [posted, edited] = ['POST', 'PATCH'].map((method) =>
    written.filter((request) => request.method === method && !request.path.endsWith('/reactions')),
  );
  expect(posted).toHaveLength(1);
  expect(new Set(edited?.map(({ path }) => path.split('/').at(-1)))).toEqual(new Set([String(id)]));
  expect(edited?.length).toBeLessThanOrEqual((await scripted.calls('squeue')).length);
});
