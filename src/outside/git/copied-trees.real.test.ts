import { createHash } from 'node:crypto';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gitHubPlaces } from '../forge/github/git-places.ts';
import { environmentsOf } from '../processes/child-environment.ts';
import type { Git, Mirror } from './git.ts';
import { gitCommands } from './git-commands.ts';

// The real git and cp: what is copied for a job beside what git makes.

const identity = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };
const environment = { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...identity };
const environments = environmentsOf({ PATH: environment.PATH, HOME: '/nonexistent' });
const mirror: Mirror = { repository: { owner: 'O', name: 'R' }, baseBranch: 'main', pullRequest: 9 };

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'copied-trees-'));
  await makeOrigin(join(dir, 'server/O/R'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const run = (cwd: string, ...words: string[]) => execa('git', words, { cwd, env: environment, extendEnv: false });

/** A pull request upon a repository, with all that a tree of git can have. */
async function makeOrigin(origin: string) {
  await mkdir(join(origin, 'a directory/below'), { recursive: true });
  await run(origin, 'init', '--quiet', '--initial-branch=main');
  await writeFile(join(origin, 'tool'), '#!/bin/sh\n');
  await chmod(join(origin, 'tool'), 0o755);
  await symlink('nowhere', join(origin, 'a directory/link'));
  await writeFile(join(origin, 'a directory/below/large'), Buffer.alloc(3_000_000, 'large file '));
  await writeFile(join(origin, 'a directory/$(name)\n"of a file"'), 'odd\n');
  await writeFile(Buffer.concat([Buffer.from(`${origin}/`), Buffer.from([0xe9, 0xff])]), 'no UTF-8\n');
  await writeFile(join(origin, 'empty'), '');
  await writeFile(join(origin, 'changed.txt'), 'before\n');
  await run(origin, 'add', '.');
  await run(origin, 'update-index', '--add', '--cacheinfo', `160000,${'c'.repeat(40)},module`);
  await run(origin, 'commit', '--quiet', '-m', 'base');
  await run(origin, 'tag', '-a', '-m', 'a release', 'v1');
  await run(origin, 'branch', 'other/branch');
  await run(origin, 'checkout', '--quiet', '-b', 'change');
  await writeFile(join(origin, 'changed.txt'), 'after\n');
  await writeFile(join(origin, 'added.txt'), 'new\n');
  await run(origin, 'add', 'changed.txt', 'added.txt');
  await run(origin, 'commit', '--quiet', '-m', 'change');
  await run(origin, 'update-ref', 'refs/pull/9/head', 'HEAD');
  await run(origin, 'checkout', '--quiet', 'main');
}

/** `made` by git, `copy` from it, both with objects of their own; `alone`: made by git for itself. */
async function makeTrees(name: string, options: { withoutHardLinks?: boolean } = {}) {
  const place = join(dir, name);
  await mkdir(place);
  const git: Git = gitCommands({
    mirrorsDir: join(place, 'mirrors'),
    ...gitHubPlaces({ serverUrl: `file://${join(dir, 'server')}`, cloneVia: 'https' }),
    environments: { local: environments.git, remote: environments['git fetch'] },
    askpassProgram: '/bin/false',
    readToken: async () => 'no-token-needed',
    ...options,
  });
  const head = (await run(join(dir, 'server/O/R'), 'rev-parse', 'refs/pull/9/head')).stdout;
  const fetched = await git.fetchMirror(mirror, head);
  if (fetched.kind === 'failed') throw new Error(fetched.message);
  const change = git.readChange({ mirror, ...fetched }, join(place, '9.diff'));
  const [made, copy, alone] = ['made', 'copy', 'alone'].map((each) => join(place, each)) as [string, string, string];
  expect(await git.checkOut(mirror, change, made)).toEqual({ kind: 'checked-out' });
  expect(await git.copyCheckOut(made, copy)).toEqual({ kind: 'checked-out' });
  expect(await git.checkOut(mirror, change, alone)).toEqual({ kind: 'checked-out' });
  for (const tree of [copy, made, alone]) await git.giveObjects(mirror, tree);
  return { git, place, made, copy, alone };
}

/** Each entry below a directory, by bytes: what it is, and what it holds. */
async function entriesOf(top: string, below = Buffer.from('')): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(Buffer.concat([Buffer.from(`${top}/`), below]), { encoding: 'buffer' })) {
    const path = Buffer.concat([below, name]);
    const whole = Buffer.concat([Buffer.from(`${top}/`), path]);
    const stats = await lstat(whole);
    const holds = stats.isSymbolicLink()
      ? await readlink(whole)
      : stats.isFile()
        ? createHash('sha256')
            .update(await readFile(whole))
            .digest('hex')
        : '';
    found.push(`${path.toString('latin1')} ${stats.mode.toString(8)} ${holds}`);
    if (stats.isDirectory()) found.push(...(await entriesOf(top, Buffer.concat([path, Buffer.from('/')]))));
  }
  return found.sort();
}

it('is what git would have made: files, modes, links, index, references, origin and objects', async () => {
  const { place, made, copy, alone } = await makeTrees('equal');
  await rename(join(place, 'mirrors'), join(place, 'away')); // none needs it any more
  // Index and logs have times in them; what the index says is compared below.
  const besideTimes = (entries: string[]) => entries.filter((entry) => !/^\.git\/(index|config|logs\/.*) /.test(entry));
  const wanted = besideTimes(await entriesOf(alone));
  expect(wanted.length).toBeGreaterThan(30);
  for (const tree of [copy, made]) {
    expect(besideTimes(await entriesOf(tree))).toEqual(wanted);
    for (const words of [
      ['status', '--porcelain', '-z'],
      ['ls-files', '--stage', '-z'],
      ['for-each-ref'],
      ['remote', '-v'],
      ['log', '--format=%H', '--all'],
      ['diff'],
    ])
      expect((await run(tree, ...words)).stdout, words.join(' ')).toBe((await run(alone, ...words)).stdout);
    expect((await run(tree, 'fsck', '--full', '--strict', '--no-dangling')).exitCode).toBe(0);
  }
  expect((await run(copy, 'status', '--porcelain')).stdout).toBe(' M changed.txt\n?? added.txt');
  const config = (tree: string) => readFile(join(tree, '.git/config'), 'utf8');
  expect(await config(made)).toBe(await config(alone));
  expect(await config(copy)).toBe(`${await config(alone)}[core]\n\tcheckStat = minimal\n\ttrustctime = false\n`);
});

it('has files of its own: what a job writes is in no other tree and not in the mirror', async () => {
  const { made, copy } = await makeTrees('apart');
  for (const path of ['tool', 'changed.txt', 'a directory/below/large', '.git/index', '.git/config', '.git/HEAD'])
    expect((await lstat(join(copy, path))).ino, path).not.toBe((await lstat(join(made, path))).ino);
  await writeFile(join(copy, 'tool'), 'written by a job\n');
  await run(copy, 'commit', '--quiet', '--all', '-m', 'by a job');
  await run(copy, 'gc', '--quiet', '--prune=now');
  expect(await readFile(join(made, 'tool'), 'utf8')).toBe('#!/bin/sh\n');
  expect((await run(made, 'log', '--format=%s')).stdout).toBe('base');
  expect((await run(made, 'fsck', '--full', '--no-dangling')).exitCode).toBe(0);
});

it('needs no file to be read again: for git the index fits the copy', async () => {
  const { copy } = await makeTrees('index');
  // Files as old as the index are read in any case: it could have been written before them.
  const later = new Date(Date.now() + 10_000);
  await utimes(join(copy, '.git/index'), later, later);
  // Without a look into the files.
  const differing = async (...words: string[]) => (await run(copy, ...words, 'diff-files', '--name-only')).stdout;
  expect(await differing()).toBe('changed.txt');
  expect(await differing('-c', 'core.checkStat=default')).toContain('a directory/below/large');
});

it.each`
  options                       | are
  ${{}}                         | ${'the mirror’s'}
  ${{ withoutHardLinks: true }} | ${'copies'}
`('its objects are $are with $options', async ({ options, are }) => {
  const { place, copy, made } = await makeTrees(`objects ${are}`, options);
  const objects = (await run(copy, 'count-objects', '-v')).stdout;
  expect(objects).toBe((await run(made, 'count-objects', '-v')).stdout);
  const inodes = async (top: string) => {
    const names = (await readdir(top, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    return await Promise.all(names.map(async ({ parentPath, name }) => (await lstat(join(parentPath, name))).ino));
  };
  const ofMirror = new Set(await inodes(join(place, 'mirrors/o/r.git/objects')));
  const ofCopy = await inodes(join(copy, '.git/objects'));
  expect(ofCopy).toHaveLength(ofMirror.size);
  expect(ofCopy.filter((inode) => ofMirror.has(inode))).toHaveLength(are === 'copies' ? 0 : ofMirror.size);
});

it('says what cp said where there is nothing to copy', async () => {
  const { git, place } = await makeTrees('failing');
  expect(await git.copyCheckOut(join(place, 'missing'), join(place, 'new'))).toEqual({
    kind: 'failed',
    step: 'clone',
    message: `cp: cannot stat '${place}/missing/.': No such file or directory`,
  });
});
