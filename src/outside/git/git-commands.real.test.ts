import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { gitHubPlaces } from '../forge/github/git-places.ts';
import { environmentsOf } from '../processes/child-environment.ts';
import type { Git, Mirror } from './git.ts';
import { gitCommands } from './git-commands.ts';

// The real git, with a directory as the server: file:// reaches OWNER/REPO below it.
let dir: string;
let git: Git;
let headSha: string;
const environment = {
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.org',
};
const environments = environmentsOf({ PATH: environment.PATH, HOME: '/nonexistent' });
const mirror: Mirror = { repository: { owner: 'O', name: 'R' }, baseBranch: 'main', pullRequest: 9 };
const everyByte = Buffer.from(Array.from({ length: 1024 }, (_, index) => index % 256));

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'git-commands-'));
  const origin = join(dir, 'server/O/R');
  await mkdir(origin, { recursive: true });
  const run = (...args: string[]) => execa('git', args, { cwd: origin, env: environment, extendEnv: false });
  await run('init', '--quiet', '--initial-branch=main');
  await writeFile(join(origin, 'old name.txt'), 'one\ntwo\nthree\nfour\n');
  await writeFile(join(origin, 'tool'), '#!/bin/sh\n');
  await run('add', '.');
  await run('commit', '--quiet', '-m', 'base');
  await run('checkout', '--quiet', '-b', 'change');
  await run('mv', 'old name.txt', 'ñew name.txt');
  await writeFile(join(origin, 'ñew name.txt'), 'one\ntwo\n3\nfour\n');
  await chmod(join(origin, 'tool'), 0o755);
  await run('add', '.');
  await run('commit', '--quiet', '-m', 'rename and mode');
  await writeFile(join(origin, 'every-byte.bin'), everyByte);
  await symlink('tool', join(origin, 'link'));
  await run('add', '.');
  await run('commit', '--quiet', '-m', 'binary');
  await run('update-ref', 'refs/pull/9/head', 'HEAD');
  headSha = (await run('rev-parse', 'HEAD')).stdout;
  await run('checkout', '--quiet', 'main');
  await run('branch', '--quiet', '-D', 'change');
  await writeFile(join(origin, 'later.txt'), 'on main since\n');
  await run('add', '.');
  await run('commit', '--quiet', '-m', 'main moved on');
  git = gitCommands({
    mirrorsDir: join(dir, 'mirrors'),
    ...gitHubPlaces({ serverUrl: `file://${join(dir, 'server')}`, cloneVia: 'https' }),
    environments: { local: environments.git, remote: environments['git fetch'] },
    askpassProgram: '/bin/false',
    readToken: async () => 'no-token-needed',
  });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it('makes a job directory with the base branch as it is now and everything the pull request changed', async () => {
  const job = join(dir, 'job');
  const diff = join(dir, '9.diff');
  expect(await prepare(job, diff)).toEqual({ kind: 'checked-out' });

  expect(await readFile(join(job, 'every-byte.bin'))).toEqual(everyByte);
  expect(await readFile(join(job, 'ñew name.txt'), 'utf8')).toBe('one\ntwo\n3\nfour\n');
  await expect(stat(join(job, 'old name.txt'))).rejects.toThrow('ENOENT');
  expect((await stat(join(job, 'tool'))).mode & 0o111).toBe(0o111);
  expect(await readlink(join(job, 'link'))).toBe('tool');
  expect(await readFile(join(job, 'later.txt'), 'utf8')).toBe('on main since\n');
  const config = await readFile(join(job, '.git/config'), 'utf8');
  expect(config).toContain(`url = file://${dir}/server/O/R\n`);
  expect(await readFile(join(job, '.git/HEAD'), 'utf8')).toBe('ref: refs/heads/main\n');
});

/** All that the bot does for a job directory; what became of its last step. */
async function prepare(job: string, diff = join(dir, '9.diff')) {
  const fetched = await git.fetchMirror(mirror, headSha);
  if (fetched.kind === 'failed') return fetched;
  expect(fetched.headSha).toBe(headSha);
  const change = await git.readChange({ mirror, ...fetched }, diff);
  return change.kind === 'failed' ? change : await git.checkOut(mirror, change, job);
}

it('clones while the change is still being read: what is made for it then is in no clone', async () => {
  const fetched = await git.fetchMirror(mirror, headSha);
  if (fetched.kind === 'failed') throw new Error(fetched.message);
  const readNow = () => git.readChange({ mirror, ...fetched }, join(dir, '9.diff'));
  // biome-ignore lint/suspicious/noThenProperty: it is read when it is awaited, which is after the clone
  const readAfterClone = { then: (...to: Parameters<ReturnType<typeof readNow>['then']>) => readNow().then(...to) };
  const job = join(dir, 'job');
  expect(await git.checkOut(mirror, readAfterClone as ReturnType<typeof readNow>, job)).toEqual({
    kind: 'checked-out',
  });
  expect(await readFile(join(job, 'ñew name.txt'), 'utf8')).toBe('one\ntwo\n3\nfour\n');
  const status = await execa('git', ['status', '--porcelain'], { cwd: job, env: environment, extendEnv: false });
  expect(status.stdout).toContain(' D "old name.txt"');
  expect(
    (await execa('git', ['fsck', '--no-dangling'], { cwd: job, env: environment, extendEnv: false })).exitCode,
  ).toBe(0);

  const failure = { kind: 'failed', step: 'apply', message: 'error: patch failed' } as const;
  expect(await git.checkOut(mirror, Promise.resolve(failure), join(dir, 'other'))).toEqual(failure);
});

it('names the step that failed and what git said', async () => {
  const nowhere: Mirror = { ...mirror, repository: { owner: 'O', name: 'nowhere' } };
  expect(await git.fetchMirror(nowhere, headSha)).toMatchObject({
    kind: 'failed',
    step: 'clone',
    message: expect.stringContaining('server/O/nowhere'),
  });
  expect(await git.fetchMirror({ ...mirror, baseBranch: 'gone' }, headSha)).toMatchObject({
    kind: 'failed',
    step: 'checkout',
  });
  const origin = join(dir, 'server/O/R');
  await execa('git', ['rm', '--quiet', 'old name.txt'], { cwd: origin, env: environment, extendEnv: false });
  await execa('git', ['commit', '--quiet', '-m', 'gone'], { cwd: origin, env: environment, extendEnv: false });
  expect(await prepare(join(dir, 'job2'))).toEqual({
    kind: 'failed',
    step: 'apply',
    message: 'error: old name.txt: does not exist in index',
  });
});

it('fetches a commit that a push by force has replaced, and says so where it is gone', async () => {
  const origin = join(dir, 'server/O/R');
  const run = (...args: string[]) => execa('git', args, { cwd: origin, env: environment, extendEnv: false });
  await run('update-ref', 'refs/pull/9/head', 'main');
  const main = (await run('rev-parse', 'main')).stdout;
  expect(await git.fetchMirror(mirror, headSha)).toEqual({ kind: 'fetched', baseSha: main, headSha: main });
  const change = await git.readChange({ mirror, baseSha: main, headSha }, join(dir, '9.diff'));
  expect(change).toMatchObject({ kind: 'change', base: main });
  expect(await readFile(join(dir, '9.diff'), 'utf8')).toContain('every-byte.bin');
  expect(await git.fetchMirror(mirror, 'c'.repeat(40))).toMatchObject({
    kind: 'failed',
    step: 'diff',
    message: expect.stringContaining(`not our ref ${'c'.repeat(40)}`),
  });
});

it('fetches once for commands that were there before the fetch began, and reads a change once', async () => {
  const origin = join(dir, 'server/O/R');
  const run = (...args: string[]) => execa('git', args, { cwd: origin, env: environment, extendEnv: false });
  const before = performance.now();
  const fetched = await git.fetchMirror(mirror, headSha, before);
  if (fetched.kind === 'failed') throw new Error(fetched.message);
  const { baseSha } = fetched;
  const change = await git.readChange({ mirror, baseSha, headSha }, join(dir, 'one.diff'));
  await run('commit', '--quiet', '--allow-empty', '-m', 'main moved on again');
  const moved = (await run('rev-parse', 'main')).stdout;

  expect(await git.fetchMirror(mirror, headSha, before)).toEqual(fetched);
  expect(await git.readChange({ mirror, baseSha, headSha }, join(dir, 'other.diff'))).toBe(change);
  expect(await readFile(join(dir, 'other.diff'))).toEqual(await readFile(join(dir, 'one.diff')));
  expect(await git.fetchMirror(mirror, 'c'.repeat(40), before)).toMatchObject({ kind: 'failed', step: 'diff' });

  const later = await git.fetchMirror(mirror, headSha, performance.now());
  expect(later).toEqual({ kind: 'fetched', baseSha: moved, headSha });
  const onMoved = await git.readChange({ mirror, baseSha: moved, headSha }, join(dir, 'moved.diff'));
  expect(onMoved).toMatchObject({ kind: 'change', base: moved });
  expect(await git.fetchMirror(mirror, headSha)).toEqual(later);
});

it.each`
  via        | server                    | address
  ${'https'} | ${'https://github.com'}   | ${'https://github.com/O/R'}
  ${'ssh'}   | ${'https://github.com'}   | ${'git@github.com:O/R.git'}
  ${'ssh'}   | ${'https://ghe.site.org'} | ${'git@ghe.site.org:O/R.git'}
`('via $via from $server the origin is $address', ({ via, server, address }) => {
  expect(gitHubPlaces({ serverUrl: server, cloneVia: via }).addressOf(mirror.repository)).toBe(address);
});

it('packs mirrors in which much has gathered, and leaves those that clones begin from usable', async () => {
  await git.fetchMirror(mirror, headSha);
  const path = join(dir, 'mirrors/o/r.git');
  const origin = join(dir, 'server/O/R');
  const run = (cwd: string, ...args: string[]) => execa('git', args, { cwd, env: environment, extendEnv: false });
  // A few packs are much here, and each fetch adds one.
  await run(path, 'config', 'gc.autoPackLimit', '2');
  await run(path, 'config', 'fetch.unpackLimit', '1');
  for (const name of ['a', 'b', 'c']) {
    await writeFile(join(origin, name), name);
    await run(origin, 'add', '.');
    await run(origin, 'commit', '--quiet', '-m', name);
    await git.fetchMirror(mirror, headSha);
  }
  const packs = async () => (await readdir(join(path, 'objects/pack'))).filter((name) => name.endsWith('.pack'));
  expect(await packs()).toHaveLength(3);
  const use = Promise.withResolvers<void>();
  const { baseSha } = (await git.fetchMirror(mirror, headSha, undefined, use.promise)) as { baseSha: string };
  const change = git.readChange({ mirror, baseSha, headSha }, join(dir, 'diff'));
  const clones = Promise.all(['during', 'during too'].map((name) => git.checkOut(mirror, change, join(dir, name))));
  void clones.then(packs).then((during) => {
    expect(during).toHaveLength(3);
    use.resolve();
  });
  const [packed, refetched, [first, second]] = await Promise.all([
    git.packMirrors(),
    git.fetchMirror(mirror, headSha),
    clones,
  ]);
  const together = [packed, first, refetched, second];
  const fetched = { kind: 'fetched', baseSha, headSha };
  expect(together).toEqual([[], { kind: 'checked-out' }, fetched, { kind: 'checked-out' }]);
  expect(await packs()).toHaveLength(1);
  await git.checkOut(mirror, change, join(dir, 'after'));
  for (const clone of ['during', 'during too', 'after']) {
    expect(await readFile(join(dir, clone, 'c'), 'utf8')).toBe('c');
    expect((await run(join(dir, clone), 'fsck', '--no-dangling')).exitCode).toBe(0);
  }
});

it('packs the other mirrors where one cannot be packed, and names that one', async () => {
  await git.fetchMirror(mirror, headSha);
  const broken = join(dir, 'mirrors/o/broken.git');
  await mkdir(broken);
  await mkdir(join(dir, 'mirrors/o/broken.git.new')); // one that was not made to its end
  expect(await git.packMirrors()).toEqual([
    { mirror: broken, message: expect.stringContaining('not a git repository') },
  ]);
});

it('keeps and packs a mirror of a deep path beside that of a repository called as its group', async () => {
  const deep: Mirror = { ...mirror, repository: { owner: 'O/R', name: 'Deep' } };
  await cp(join(dir, 'server/O/R'), join(dir, 'copy'), { recursive: true });
  await rename(join(dir, 'copy'), join(dir, 'server/O/R/Deep'));
  for (const each of [mirror, deep]) expect(await git.fetchMirror(each, headSha)).toMatchObject({ headSha });
  expect(await readFile(join(dir, 'mirrors/o+r/deep.git/FETCH_HEAD'), 'utf8')).toContain('server/O/R/Deep');
  expect(await readFile(join(dir, 'mirrors/o/r.git/FETCH_HEAD'), 'utf8')).not.toContain('Deep');
  await rm(join(dir, 'mirrors/o+r/deep.git/HEAD'));
  expect(await git.packMirrors()).toMatchObject([{ mirror: join(dir, 'mirrors/o+r/deep.git') }]);
});

it('packs nothing before there is a mirror', async () => {
  expect(await git.packMirrors()).toEqual([]);
});

it.each`
  server                   | prompt                                                      | answer
  ${'https://github.com'}  | ${"Username for 'https://github.com': "}                    | ${'x-access-token'}
  ${'https://github.com'}  | ${"Password for 'https://x-access-token@github.com': "}     | ${'the token'}
  ${'https://github.com'}  | ${"Password for 'https://me@github.com/O/R': "}             | ${'the token'}
  ${'http://127.0.0.1:80'} | ${"Password for 'http://x-access-token@127.0.0.1:80': "}    | ${'the token'}
  ${'https://github.com'}  | ${"Username for 'https://github.com.evil.org': "}           | ${undefined}
  ${'https://github.com'}  | ${"Password for 'https://x-access-token@gitlab.com': "}     | ${undefined}
  ${'https://github.com'}  | ${"Password for 'https://github.com@evil.org': "}           | ${undefined}
  ${'https://github.com'}  | ${"Password for 'http://x-access-token@github.com': "}      | ${undefined}
  ${'https://github.com'}  | ${"Password for 'https://x-access-token@evilgithub.com': "} | ${undefined}
  ${'https://github.com'}  | ${"Password for 'https://evil.org/@github.com': "}          | ${undefined}
`('the token is for $server alone: asked $prompt it answers $answer', async ({ server, prompt, answer }) => {
  const askpass = join(import.meta.dirname, '../../../scripts/git-askpass');
  const env = { PATH: environment.PATH, BTD_GIT_SERVER: server, BTD_GIT_TOKEN: 'the token' };
  const result = await execa(askpass, [prompt], { env, extendEnv: false, reject: false });
  expect(result.failed ? undefined : result.stdout).toBe(answer);
});
