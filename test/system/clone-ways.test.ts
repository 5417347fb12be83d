import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hasCode } from '../../src/outside/files/has-code.ts';
import { writeTargetRepository } from '../../stand-ins/github/target-repository.ts';
import { type CasesSite, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';
import type { Running } from './site.ts';

// A private repository over https: whose token reads it, and where that token is not to be found afterwards.

const zen2 = 'bot: build for:arch=x86_64/amd/zen2';
const where = 'O/private';
let directory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
let handler: Running;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clone-ways-'));
  slurm = await ScriptedSlurm.make(directory);
  // The git of this machine; the words and the token of each call are kept.
  const keepToken = 'if [ -n "$BTD_GIT_TOKEN" ]; then echo "$BTD_GIT_TOKEN" >>"$SCRIPTED_SLURM/tokens"; fi';
  await slurm.script('git', `${keepToken}\nPATH=\${PATH#*:} exec git "$@"`);
  story = await makeCasesSite({ slurm: slurm.environment });
  Object.assign(story.site.environment, { HOME: story.directory }); // where .netrc is looked for
  await story.github.createRepository({ name: where, files: writeTargetRepository, private: true });
});
afterEach(async () => {
  await story?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

async function build({ githubToken }: { githubToken?: string } = {}) {
  if (githubToken !== undefined) Object.assign(story.site.environment, { GITHUB_TOKEN: githubToken });
  handler = await story.site.startEventHandler('--debug');
  await story.openPullRequest(undefined, { repository: where });
  const { comments } = await story.comment(zen2, 'alice', where);
  return { comments: comments.map(({ body }) => body), jobs: Object.values(await story.jobs()) };
}

const writeNetrc = (password: string) =>
  writeFile(join(story.directory, '.netrc'), `machine 127.0.0.1 login a-person password ${password}\n`, {
    mode: 0o600,
  });

/** Tokens that git processes were given. */
async function tokensGiven(): Promise<string[]> {
  const text = await readFile(join(directory, 'tokens'), 'utf8').catch(() => '');
  return [...new Set(text.split('\n').filter((line) => line !== ''))];
}

/** Files of the site in which a secret stands, as it is or as HTTP sends it. GitHub's own and ~/.netrc are not looked at. */
async function filesHolding(secret: string): Promise<string[]> {
  const forms = [secret, Buffer.from(`x-access-token:${secret}`).toString('base64')];
  const found: string[] = [];
  let looked = 0;
  for (const entry of await readdir(story.directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.startsWith(join(story.directory, 'github/')) || entry.name === '.netrc') continue;
    looked += 1;
    // A delivery moves from new/ to done/ at any moment.
    const content = await readFile(path, 'latin1').catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return '';
      throw error;
    });
    if (forms.some((form) => content.includes(form))) found.push(path);
  }
  expect(looked).toBeGreaterThan(50);
  return found;
}

async function expectNowhere(secret: string): Promise<void> {
  expect(await filesHolding(secret)).toEqual([]);
  const calls = await slurm.calls('git');
  expect(calls.flat()).toContain('fetch');
  expect(JSON.stringify([calls, await slurm.environmentOf('sbatch'), story.comments(where)])).not.toContain(secret);
}

async function expectJob({ jobs }: { jobs: string[] }): Promise<void> {
  expect(jobs).toHaveLength(1);
  const [job = ''] = jobs;
  expect(await readFile(join(job, 'easyconfigs/z/zlib/zlib-1.3.1.eb'), 'utf8')).toContain('1.3.1');
  expect(await readFile(join(job, '.git/config'), 'utf8')).toContain(`\turl = ${story.github.serverUrl}/${where}\n`);
}

it("the installation's token reads a private repository, and is left nowhere", async () => {
  await expectJob(await build());
  const [token = '', ...others] = await tokensGiven();
  expect(others).toEqual([]);
  expect(token).toMatch(/^ghs_/);
  await expectNowhere(token);
});

it("GITHUB_TOKEN reads it in the installation token's place, and is left nowhere", async () => {
  const githubToken = story.github.personalToken;
  await expectJob(await build({ githubToken }));
  expect(await tokensGiven()).toEqual([githubToken]);
  await expectNowhere(githubToken);
});

it('~/.netrc comes first: what it has is used, and a token that is worthless is not asked for', async () => {
  await writeNetrc(story.github.personalToken);
  await expectJob(await build({ githubToken: 'ghp_worthless' }));
  await expectNowhere(story.github.personalToken);
});

it('where ~/.netrc has something that is refused, the token is used', async () => {
  await writeNetrc('worthless');
  await expectJob(await build({ githubToken: story.github.personalToken }));
  await expectNowhere(story.github.personalToken);
});

it('where nothing opens it, the clone fails and says so, without what was tried', async () => {
  const { comments, jobs } = await build({ githubToken: 'ghp_worthless' });
  expect(jobs).toEqual([]);
  expect(comments).toEqual([expect.stringContaining('Unable to clone the target repository.')]);
  expect(comments[0]).toContain('Authentication failed');
  expect(JSON.stringify([comments, await slurm.calls('git')])).not.toContain('ghp_worthless');
});

it('the mirrors are packed when the event handler starts', async () => {
  await expectJob(await build());
  await handler.stop();
  expect((await slurm.calls('git')).flat()).not.toContain('gc');
  await story.site.startEventHandler();
  await expect.poll(() => slurm.calls('git')).toContainEqual(expect.arrayContaining(['gc', '--auto']));
});
