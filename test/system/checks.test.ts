import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CheckView } from '../../stand-ins/github/github-stand-in.ts';
import { type RealSlurm, startSlurm } from '../slurm/start-slurm.ts';
import { type CasesSite, makeCasesSite } from './cases-site.ts';
import { type Running, repository } from './site.ts';

// Jobs as they are shown beside their commits, and the button that has them built again.

/** It waits until somebody lets it fail. */
const jobScript = `#!/bin/bash
echo 'make: *** [a.o] Error 1'
until [ -e go ]; do sleep 0.1; done
exit 3
`;

let directory: string;
let slurm: RealSlurm;
let story: CasesSite;
let jobManager: Running;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'checks-'));
  slurm = await startSlurm(join(directory, 'slurm'));
  await writeFile(join(directory, 'job.sh'), jobScript);
  const cpu = { os: 'linux', cpu_subdir: 'x86_64/zen2', slurm_params: '', repo_targets: ['R1'] };
  story = await makeCasesSite({
    slurm: slurm.environment,
    settings: {
      'bot_control.check_runs': 'true',
      'bot_control.commit_status': 'true',
      'buildenv.build_job_script': join(directory, 'job.sh'),
      'architecturetargets.node_type_map': JSON.stringify({ cpu }),
    },
  });
  await story.site.startEventHandler();
  jobManager = await story.site.startJobManager();
});
afterAll(async () => {
  await story?.close();
  await slurm?.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

const name = 'bot-a: R1 for x86_64/zen2 on cpu';
const build = 'bot: build for:arch=x86_64/zen2';
const head = () => story.github.pullRequest(repository, story.number).headSha;
const checks = () => story.github.checks(repository, head());
/** The check of that number on the head, counted from 1. */
const shown = (count: number, what: Partial<CheckView>): Promise<CheckView> =>
  story.github.waitFor(`check ${count} with ${JSON.stringify(what)}`, () => {
    const check = checks()[count - 1];
    return check && Object.entries(what).every(([key, value]) => check[key as keyof CheckView] === value) && check;
  });

async function letFail(job: string): Promise<void> {
  await writeFile(join((await story.jobs())[job] ?? '', 'go'), '');
}

const idIn = ({ title }: CheckView) => /^Job (\d+)/.exec(title ?? '')?.[1] ?? '';

/** Presses the button, and waits until the event handler has worked it off: what the bot answered. */
async function rerun(check: CheckView, by: string, which?: 'check_suite'): Promise<string> {
  const before = story.comments().length;
  await story.workedOff(await story.github.rerequestChecks(repository, check.id, by, which));
  return story
    .comments()
    .slice(before)
    .map(({ body }) => body)
    .join('\n');
}

it('a check run follows its job, and its button is `retry`', async () => {
  await story.openPullRequest();
  const statuses = new Set<string>();
  const stop = story.github.onChange(() => {
    for (const { status } of checks().slice(0, 1)) statuses.add(status);
  });
  const [job] = await story.build(build);
  await shown(1, { status: 'in_progress', name, title: `Job ${job.id} is running` });
  await letFail(job.id);
  const first = await shown(1, { status: 'completed', conclusion: 'failure' });
  stop();
  expect([...statuses]).toEqual(['queued', 'in_progress', 'completed']);
  expect(first.title).toBe(`Job ${job.id}: FAILED (NonZeroExitCode, exit code 3) UNKNOWN, tests UNKNOWN`);
  expect(first.text).toContain('<pre>\nmake: *** [a.o] Error 1\n</pre>');
  expect(first.detailsUrl).toContain(`#issuecomment-${job.commentId}`);
  expect(story.github.statuses(repository, head())).toEqual([]);

  expect(await rerun(first, 'mallory')).toContain('account `mallory` has NO permission to send commands');
  expect(await rerun(first, 'alice')).toMatch(/^New job on instance `bot-a`/);
  const second = await shown(2, { status: 'in_progress', name });
  const refused = await rerun(second, 'alice');
  expect(refused).toContain(`received bot command \`Re-run ${name}\` from \`alice\``);
  expect(refused).toContain(`job \`${idIn(second)}\` builds it already`);
  await letFail(idIn(second));
  await shown(2, { conclusion: 'failure' });
  expect(await rerun(second, 'alice', 'check_suite')).toMatch(/^New job on instance `bot-a`/);
  const third = await shown(3, { status: 'in_progress', name });
  await letFail(idIn(third));
  await shown(3, { conclusion: 'failure' });
});

it('of a commit that is not the head any more nothing is built', async () => {
  const [old] = checks();
  const { branch } = story.github.pullRequest(repository, story.number);
  await story.github.push(repository, branch, [{ message: 'Mend it', files: { 'mended.txt': 'x' } }]);
  if (old === undefined) throw new Error('no check');
  const told = await rerun(old, 'alice');
  expect(told).toContain(`\`sha:${old.sha.slice(0, 12)}\` is not what would be built`);
  expect(told).toContain(`type \`bot: retry instance:bot-a sha:${head().slice(0, 12)}\``);
});

it('without the permission it is told once, and commit statuses do', async () => {
  story.github.setPermission('checks', false);
  await jobManager.stop();
  jobManager = await story.site.startJobManager();
  await story.openPullRequest();
  const status = (state: string) =>
    story.github.waitFor(`a commit status ${state}`, () =>
      story.github.statuses(repository, head()).find((each) => each.state === state),
    );
  const [job] = await story.build(build);
  expect(await status('pending')).toMatchObject({ context: name });
  await letFail(job.id);
  expect(await status('failure')).toMatchObject({
    context: name,
    description: `Job ${job.id}: FAILED (NonZeroExitCode, exit code 3) UNKNOWN, tests UNKNOWN`,
    targetUrl: expect.stringContaining(`#issuecomment-${job.commentId}`),
  });
  await story.jobFinished(job.id);
  expect(checks()).toEqual([]);
  const log = (await story.text('job_manager.log')).split('\n');
  expect(log.filter((line) => line.includes('something outside goes wrong'))).toEqual([
    expect.stringMatching(
      /Resource not accessible by integration .*: Checks, read and write; the bot tries it again each hour/,
    ),
  ]);
});
