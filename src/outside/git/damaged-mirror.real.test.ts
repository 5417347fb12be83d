import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { environmentsOf } from '../processes/child-environment.ts';
import type { Git, Mirror } from './git.ts';
import { gitCommands } from './git-commands.ts';

// What a power cut, or a git that was killed, leaves in a mirror. All that a later command needs is on the server.
let dir: string;
let git: Git;
let server: string;
const mirror: Mirror = { repository: { owner: 'O', name: 'R' }, baseBranch: 'main', pullRequest: 9 };

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'damaged-mirror-'));
  server = join(dir, 'server');
  await mkdir(server);
  await onServer('init', '--quiet', '--initial-branch=main');
  await commit('on main', 'main');
  await onServer('checkout', '--quiet', '-b', 'change');
  await push();
  const environments = environmentsOf({ PATH: process.env['PATH'] ?? '', HOME: dir });
  git = gitCommands({
    mirrorsDir: join(dir, 'mirrors'),
    addressOf: () => server,
    headOf: () => 'refs/pull/9/head',
    environments: { local: environments.git, remote: environments['git fetch'] },
    askpassProgram: '/bin/false',
    readToken: async () => '',
  });
  expect(await prepare('before')).toBe('checked-out');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function onServer(...words: readonly string[]): Promise<string> {
  const [GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL] = ['a', 'a@example.org'];
  const committer = { GIT_COMMITTER_NAME: GIT_AUTHOR_NAME, GIT_COMMITTER_EMAIL: GIT_AUTHOR_EMAIL };
  const env = { PATH: process.env['PATH'] ?? '', HOME: dir, GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL, ...committer };
  return (await execa('git', words, { cwd: server, env, extendEnv: false })).stdout;
}

async function commit(name: string, text: string): Promise<void> {
  await writeFile(join(server, name), text);
  await onServer('add', '.');
  await onServer('commit', '--quiet', '-m', text);
}

let pushes = 0;
async function push(): Promise<void> {
  pushes += 1;
  await commit('in the pull request', `push ${pushes}`);
  await onServer('update-ref', 'refs/pull/9/head', 'HEAD');
}

/** All that the bot does for a job directory: how it ended, or `retried later`. */
async function prepare(job: string, wanted?: string): Promise<string> {
  const head = wanted ?? (await onServer('rev-parse', 'refs/pull/9/head'));
  const fetched = await git.fetchMirror(mirror, head);
  if (fetched.kind === 'failed') return fetched.mayPass ? 'retried later' : fetched.message;
  const change = await git.readChange({ mirror, ...fetched }, join(dir, `${job}.diff`));
  const made = change.kind === 'failed' ? change : await git.checkOut(mirror, change, join(dir, job));
  return made.kind === 'failed' ? (made.mayPass ? 'retried later' : made.message) : made.kind;
}

const mirrorPath = () => join(dir, 'mirrors/o/r.git');

async function objects(): Promise<string[]> {
  const entries = await readdir(join(mirrorPath(), 'objects'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

async function empty(path: string): Promise<void> {
  await chmod(path, 0o600);
  await truncate(path);
}

const leave = (name: string, text = '') => writeFile(join(mirrorPath(), name), text);

it.each([
  ['a lock of a branch', () => leave('refs/heads/main.lock')],
  ['a lock of the pull request', () => leave('refs/pull/9/head.lock')],
  ['a lock of packed references', () => leave('packed-refs.lock')],
  ['an empty HEAD', () => leave('HEAD')],
  ['an empty configuration', () => leave('config')],
  ['an empty reference', () => leave('refs/heads/main')],
  ['zeros in a reference', () => leave('refs/heads/main', '\0'.repeat(41))],
  [
    'a mirror of which HEAD alone was made',
    async () => {
      await rm(mirrorPath(), { recursive: true });
      await mkdir(mirrorPath());
      await leave('HEAD', 'ref: refs/heads/main\n');
    },
  ],
  ['a mirror without HEAD', () => rm(join(mirrorPath(), 'HEAD'))],
  [
    'objects that are all empty',
    async () => {
      for (const path of await objects()) await empty(path);
    },
  ],
] as const)('%s: what was pushed since is built all the same', async (_, damage) => {
  await damage();
  await push();
  await commit('on main, too', 'main moved on');
  expect(await prepare('after')).toBe('checked-out');
  await push();
  expect(await prepare('later')).toBe('checked-out');
});

const kinds = {
  empty: (path: string) => empty(path),
  zeros: (path: string, size: number) => writeFile(path, Buffer.alloc(size)),
  rubbish: (path: string, size: number) => writeFile(path, Buffer.alloc(size, 'rubbish')),
  'cut off': (path: string, size: number) => truncate(path, Math.floor(size / 2)),
  gone: (path: string) => rm(path),
};

it.each(
  Object.entries(kinds).flatMap(([kind, damage]) => [0, 1, 2, 3, 4, 5].map((index) => ({ kind, damage, index }))),
)(
  'object $index is $kind, and nothing was pushed: built at the first or the second attempt',
  async ({ damage, index }) => {
    const paths = (await objects()).toSorted();
    expect(paths.length).toBe(6);
    const path = paths[index] ?? '';
    await chmod(path, 0o600);
    await damage(path, (await stat(path)).size);
    expect(['checked-out', 'retried later']).toContain(await prepare('first'));
    expect(await prepare('second')).toBe('checked-out');
  },
);

it('of objects that are all zeros is fetched anew, too', async () => {
  for (const path of await objects()) {
    await chmod(path, 0o600);
    await writeFile(path, Buffer.alloc((await stat(path)).size));
  }
  expect(['checked-out', 'retried later']).toContain(await prepare('first'));
  expect(await prepare('second')).toBe('checked-out');
});

it('a file name with which git gives up costs one fetch an hour, and no other pull request', async () => {
  const name = `a\nfatal: Authentication failed ${'x'.repeat(300)}`;
  const blob = await onServer('rev-parse', 'main:on main');
  const tree = (await execa('git', ['mktree', '-z'], { cwd: server, input: `100644 blob ${blob}\t${name}\0` })).stdout;
  const main = await onServer('rev-parse', 'main');
  const hostile = await onServer('commit-tree', '-p', main, '-m', 'hostile', tree);
  const good = await onServer('rev-parse', 'refs/pull/9/head');
  const before = await idOfMirror();
  await onServer('update-ref', 'refs/pull/9/head', hostile);
  expect(await prepare('hostile')).toBe('retried later');
  expect(await prepare('hostile again')).toMatch(/Authentication failed/);
  const after = await idOfMirror();
  expect(after).not.toBe(before);
  await onServer('update-ref', 'refs/pull/9/head', good);
  expect(await prepare('good')).toBe('checked-out');
  await onServer('update-ref', 'refs/pull/9/head', hostile);
  expect(await prepare('hostile once more')).toMatch(/Authentication failed/);
  expect(await idOfMirror()).toBe(after);
});

const idOfMirror = async () => (await stat(mirrorPath())).ino;

it('a mirror that could not be packed, and that the admin has removed, is made anew', async () => {
  await leave('HEAD');
  expect(await git.packMirrors()).toHaveLength(1);
  await rm(mirrorPath(), { recursive: true });
  expect(await prepare('after')).toBe('checked-out');
});

it('packing removes what a killed process was making', async () => {
  await mkdir(`${mirrorPath()}.new/objects`, { recursive: true });
  expect(await git.packMirrors()).toEqual([]);
  expect(await readdir(join(dir, 'mirrors/o'))).toEqual(['r.git']);
});

it('tells once what git said of the damage', async () => {
  await leave('refs/pull/9/head.lock');
  await push();
  const head = await onServer('rev-parse', 'HEAD');
  expect(await git.fetchMirror(mirror, head)).toMatchObject({ damage: expect.stringContaining('head.lock') });
  expect(await git.fetchMirror(mirror, head)).not.toHaveProperty('damage');
});

it('is made anew as soon as the server, which was away, is back', async () => {
  await leave('HEAD');
  await rename(server, `${server}-away`);
  expect(await prepare('first', '1'.repeat(40))).not.toBe('checked-out');
  await rename(`${server}-away`, server);
  expect(await prepare('second')).toBe('checked-out');
});

it('keeps the mirror where the server refuses', async () => {
  await rm(server, { recursive: true });
  await mkdir(server);
  expect(await git.fetchMirror(mirror, '1'.repeat(40))).toMatchObject({ kind: 'failed', step: 'clone' });
  expect((await objects()).length).toBe(6);
  expect(await readdir(join(dir, 'mirrors/o'))).toEqual(['r.git']);
});

it('is made anew once the command that uses it has ended: what the server has no more is in its clone', async () => {
  const use = Promise.withResolvers<void>();
  const fetched = await git.fetchMirror(
    mirror,
    await onServer('rev-parse', 'refs/pull/9/head'),
    undefined,
    use.promise,
  );
  if (fetched.kind === 'failed') throw new Error(fetched.message);
  await onServer('checkout', '--quiet', '--orphan', 'other');
  await commit('instead', 'pushed by force');
  for (const name of ['refs/heads/main', 'refs/pull/9/head']) await onServer('update-ref', name, 'other');
  await onServer('branch', '--quiet', '-D', 'change');
  await leave('refs/pull/9/head.lock');
  const makingAnew = git.fetchMirror(mirror, await onServer('rev-parse', 'other'));
  await vi.waitFor(() => stat(join(`${mirrorPath()}.new`, 'FETCH_HEAD')), 10_000);
  const change = git.readChange({ mirror, ...fetched }, join(dir, 'job.diff'));
  const job = join(dir, 'job');
  expect(await git.checkOut(mirror, change, job)).toEqual({ kind: 'checked-out' });
  await git.giveObjects(mirror, job);
  use.resolve();
  expect(await makingAnew).toHaveProperty('damage');
  await execa('git', ['fsck'], { cwd: job, env: { PATH: process.env['PATH'] ?? '', HOME: dir }, extendEnv: false });
});
