import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CommentView } from '../../stand-ins/github/github-stand-in.ts';
import { pullRequestCommits, writeTargetRepository } from '../../stand-ins/github/target-repository.ts';
import { realSlurm } from '../slurm/real-slurm.ts';
import { makeSite, repository, type Site } from './site.ts';

// What goes wrong ends in a row or an answer that names the cause and the next step, and in nothing else being lost or stopped.

const slurm = realSlurm();
let site: Site;
const build = 'bot: build for:arch=x86_64/amd/zen2';

beforeEach(async () => {
  site = await makeSite({ slurm: slurm().environment });
  await site.startEventHandler();
  await site.startJobManager();
});
afterEach(() => site?.close());

/** The text of the row, when it is there. */
async function rowOf(state: string, comment: CommentView): Promise<string> {
  return await site.github.waitFor(`the row ${state}`, () => {
    const now = site.github.comments(comment.repository, comment.number).find(({ id }) => id === comment.id);
    return new RegExp(`^\\|[^|]+\\|${state}\\|(.*)\\|$`, 'm').exec(now?.body ?? '')?.[1];
  });
}
const nextJob = () => site.github.nextComment(({ body }) => body.includes('|submitted|'));
const open = (branch: string, files: Record<string, string | null>, in_ = repository) =>
  site.github.openPullRequest(in_, { branch, user: 'dave', commits: [{ message: branch, files }] });

it('a pull request that does not apply is told with git’s words, and the next one is built', async () => {
  await site.github.push(repository, 'main', [{ message: 'before', files: { 'fruit.txt': 'apple\n' } }]);
  const number = await open('conflict', { 'fruit.txt': 'pear\n' });
  await site.github.push(repository, 'main', [{ message: 'after', files: { 'fruit.txt': 'plum\n' } }]);
  await site.github.comment(repository, number, 'alice', build);
  const answer = await site.github.nextComment();
  expect(answer.body.split('\n')).toEqual([
    '```',
    'error: patch failed: fruit.txt:1',
    'error: fruit.txt: patch does not apply',
    '```',
    'Unable to download or merge changes between the source branch and the destination branch.',
    '_Tip: This can usually be resolved by syncing your branch and resolving any merge conflicts._',
  ]);
  const fine = await site.github.openPullRequest(repository, {
    branch: 'zlib',
    user: 'dave',
    commits: pullRequestCommits,
  });
  await site.github.comment(repository, fine, 'alice', build);
  expect((await nextJob()).number).toBe(fine);
});

it('a repository that cannot be cloned is told as such', async () => {
  const number = await open('any', { 'x.txt': 'x\n' });
  const bare = join(site.directory, 'github', `${repository}.git`);
  await rename(bare, `${bare}.away`);
  await site.github.comment(repository, number, 'alice', build);
  const answer = await site.github.nextComment();
  expect(answer.body).toMatch(
    /^```.*(not found|not exist|unable to access).*```\nUnable to clone the target repository\./is,
  );
});

it('while git’s server is away a build is tried again, and nobody is told that it failed', async () => {
  const number = await open('patient', { 'x.txt': 'x\n' });
  site.github.failNext({ operationId: 'git', times: 1, fault: { status: 503 } });
  site.github.failNext({ operationId: 'git', times: 1, fault: 'cut-before' });
  await site.github.comment(repository, number, 'alice', build);
  expect((await site.github.nextComment()).body).toContain('|submitted|');
});

it('without bot/build.sh the finished row says so', async () => {
  await site.github.createRepository({ name: 'EESSI/other', files: { 'README.md': 'nothing to build\n' } });
  const number = await open('any', { 'x.txt': 'x\n' }, 'EESSI/other');
  await site.github.comment('EESSI/other', number, 'alice', build);
  expect(await rowOf('finished', await nextJob())).toMatch(
    /^`FAILED` \(NonZeroExitCode: there is no bot\/build\.sh in the repository: nothing to build\) <details>.*_bot_job\d+\.result/,
  );
});

it('a result that is missing or broken is unknown, and the job still comes to its end', async () => {
  const checks = { 'bot/check-build.sh': '#!/bin/sh\nprintf "no section\\n= at all" >_bot_job$SLURM_JOB_ID.result\n' };
  const number = await open('broken', {
    ...checks,
    'bot/check-test.sh': '#!/bin/sh\nln -s /etc/passwd _bot_job$SLURM_JOB_ID.test\n',
  });
  await site.github.comment(repository, number, 'alice', build);
  const comment = await nextJob();
  expect(await rowOf('finished', comment)).toMatch(/^<details><summary>:shrug: UNKNOWN .*_bot_job\d+\.result/);
  expect(await rowOf('test result', comment)).toMatch(/^<details><summary>:shrug: UNKNOWN .*_bot_job\d+\.test/);
});

it('S3 that refuses is told in the row, with the cause', async () => {
  const config = await readFile(join(site.directory, 'app.cfg'), 'utf8');
  await writeFile(
    join(site.directory, 'app.cfg'),
    config.replace('bucket_name = eessi-staging', 'bucket_name = no-such-bucket'),
  );
  const number = await site.github.openPullRequest(repository, {
    branch: 'zlib',
    user: 'dave',
    commits: pullRequestCommits,
  });
  await site.github.comment(repository, number, 'alice', build);
  const comment = await nextJob();
  await rowOf('test result', comment);
  await site.github.setLabel(repository, number, 'carol', 'bot:deploy');
  expect(await rowOf('not uploaded', comment)).toMatch(
    /^transfer of `eessi-.*` to S3 bucket failed \(.*no-such-bucket.*\)$/,
  );
  expect(await site.s3.keys('eessi-staging')).toEqual([]);
});

it('while Slurm is away a command waits, and a job is not taken for ended', async () => {
  const number = await site.github.openPullRequest(repository, {
    branch: 'zlib',
    user: 'dave',
    commits: pullRequestCommits,
  });
  await slurm().stopController();
  await site.github.comment(repository, number, 'alice', build);
  await site.github.waitFor('the reaction', () => site.github.comments(repository, number)[0]?.reactions.length === 1);
  await slurm().startController();
  expect(await rowOf('test result', await nextJob())).toContain('SUCCESS');
});

it('a deleted comment stops nothing: the job runs on, the next one too', async () => {
  const number = await site.github.openPullRequest(repository, {
    branch: 'zlib',
    user: 'dave',
    commits: pullRequestCommits,
  });
  await site.github.comment(repository, number, 'alice', build);
  const comment = await nextJob();
  await site.github.deleteComment(repository, comment.id, 'alice');
  await site.github.comment(repository, number, 'alice', `${build} force`);
  expect(await rowOf('test result', await nextJob())).toContain('SUCCESS');
});

it('two repositories are served side by side', async () => {
  await site.github.createRepository({ name: 'EESSI/second', files: writeTargetRepository });
  const first = await open('one', { 'x.txt': 'x\n' });
  const second = await open('two', { 'x.txt': 'x\n' }, 'EESSI/second');
  await Promise.all([
    site.github.comment(repository, first, 'alice', build),
    site.github.comment('EESSI/second', second, 'alice', build),
  ]);
  const jobs = [await nextJob(), await nextJob()];
  expect(jobs.map((job) => `${job.repository}#${job.number}`).sort()).toEqual([
    `EESSI/second#${second}`,
    `${repository}#${first}`,
  ]);
});
