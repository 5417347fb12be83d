import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { pullRequestCommits, writeTargetRepository } from '../../stand-ins/github/target-repository.ts';
import { realSlurm } from '../slurm/real-slurm.ts';
import { makeSite, repository, type Site } from './site.ts';

// A login shell as people have it (test/wild/environments): everything in it must leave a life from comment to upload as it is.

const wild = join(import.meta.dirname, '../wild/environments');
const slurm = realSlurm();
let site: Site;

afterEach(() => site?.close());

async function loginShell(): Promise<Record<string, string>> {
  const lines = (await readFile(join(wild, 'login-shell.env'), 'utf8')).split('\n');
  const pairs = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(/=(.*)/s));
  return Object.fromEntries(pairs.map(([name, value]) => [name, value]));
}

/** The account's configuration, and hooks, templates and attributes that would tell that they were used. */
async function furnishHome(home: string): Promise<void> {
  await writeFile(join(home, '.gitconfig'), await readFile(join(wild, 'account.gitconfig')));
  await writeFile(join(home, '.gitattributes'), '* text=auto eol=crlf\n*.bin filter=lfs\n');
  await writeFile(join(home, '.gitignore'), '*\n');
  for (const place of ['.githooks', '.git-template/hooks']) {
    await mkdir(join(home, place), { recursive: true });
    for (const hook of ['post-checkout', 'reference-transaction', 'pre-auto-gc']) {
      await writeFile(join(home, place, hook), `#!/bin/sh\ntouch "$HOME/hook-ran"\nexit 1\n`);
      await chmod(join(home, place, hook), 0o755);
    }
  }
}

/** The target repository, whose build writes down what it sees. */
async function lookingRepository(workTree: string): Promise<void> {
  await writeTargetRepository(workTree, { buildSeconds: 0 });
  const script = join(workTree, 'bot/build.sh');
  const [first, ...rest] = (await readFile(script, 'utf8')).split('\n');
  await writeFile(script, [first, 'env >seen-by-job.txt', ...rest].join('\n'));
}

it.each(['077', '002'])('from comment to upload in a login shell with everything set, umask %s', async (umask) => {
  const account = await loginShell();
  site = await makeSite({
    slurm: slurm().environment,
    environment: account,
    directoryName: 'bot of the project',
    umask,
    files: lookingRepository,
  });
  Object.assign(site.environment, { HOME: site.directory });
  await furnishHome(site.directory);
  const handler = await site.startEventHandler();
  const manager = await site.startJobManager();
  await handler.waitForLine(/SBATCH_ACCOUNT: is set and does not count for the bot/);
  const number = await site.github.openPullRequest(repository, {
    branch: 'zlib',
    user: 'dave',
    commits: pullRequestCommits,
  });
  await site.github.comment(repository, number, 'alice', 'bot: build for:arch=x86_64/amd/zen2');
  const comment = await site.github.nextComment(({ body }) => body.includes('|submitted|'));
  const id = /job id `(\d+)`/.exec(comment.body)?.[1] ?? '';
  const bodyWith = (row: RegExp) =>
    site.github.waitFor(`the row ${row}`, () => {
      const now = site.github.comments(repository, number).find((each) => each.id === comment.id);
      return row.test(now?.body ?? '') && now?.body;
    });
  expect(await bodyWith(/\|test result\|/)).toContain('SUCCESS');
  await site.github.setLabel(repository, number, 'carol', 'bot:deploy');
  await bodyWith(/\|uploaded\|/);
  expect(await site.s3.keys('eessi-staging')).toHaveLength(2);

  const job = /Job dir: `(.*)`/.exec(comment.body)?.[1] ?? '';
  expect((await readFile(join(job, 'easyconfigs/z/zlib/zlib-1.3.1-test-data.bin'))).length).toBe(4096);
  const seen = await readFile(join(job, 'seen-by-job.txt'), 'utf8');
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(seen)?.[1];
  // The job's own, not those of the allocation that the daemon stands in; the account's language; no secret.
  expect(value('SLURM_JOB_ID')).toBe(id);
  for (const name of ['SLURM_MEM_PER_CPU', 'SLURM_NTASKS', 'SBATCH_WAIT', 'GIT_DIR', 'GH_TOKEN', 'HF_TOKEN'])
    expect([name, value(name)]).toEqual([name, undefined]);
  expect([value('EDITOR'), value('LC_ALL')]).toEqual(['vim', 'de_DE.UTF-8']);
  await expect(stat(join(site.directory, 'hook-ran'))).rejects.toThrow('ENOENT');

  expect([await handler.stop(), await manager.stop()]).toEqual([0, 0]);
});
