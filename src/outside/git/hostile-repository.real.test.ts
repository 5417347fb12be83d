import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitHubPlaces } from '../forge/github/git-places.ts';
import { environmentsOf } from '../processes/child-environment.ts';
import { applyToTree } from './change-tree.ts';
import type { Git, Mirror } from './git.ts';
import { gitCommands } from './git-commands.ts';
import { type InRepository, inRepository } from './run-git.ts';

// Repositories and pull requests that want git to do more than give their content. A file called `ran` would tell.
let dir: string;
let origin: string;
let git: Git;
let inMirror: InRepository;
let run: (...args: string[]) => Promise<string>;
const repository = { owner: 'O', name: 'R' };

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hostile-repository-'));
  origin = join(dir, 'server/O/R');
  await mkdir(origin, { recursive: true });
  const identity = ['AUTHOR', 'COMMITTER'].flatMap((who) => [
    [`GIT_${who}_NAME`, 'a'],
    [`GIT_${who}_EMAIL`, 'a@example.org'],
  ]);
  const environment = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...Object.fromEntries(identity) };
  run = async (...args) => (await execa('git', args, { cwd: origin, env: environment, extendEnv: false })).stdout;
  // What an admin may have in ~/.gitconfig: a filter and a diff driver that a pull request could ask for.
  const marker = join(dir, 'ran');
  await writeFile(
    join(dir, '.gitconfig'),
    `[diff "known"]\n\ttextconv = touch ${marker};cat\n\tcommand = touch ${marker}\n[filter "known"]\n\tclean = touch ${marker};cat\n\tsmudge = touch ${marker};cat\n[protocol]\n\tallow = always\n`,
  );
  const environments = environmentsOf({ PATH: environment.PATH, HOME: dir });
  inMirror = inRepository([`--git-dir=${join(dir, 'mirrors/o/r.git')}`], environments.git);
  git = gitCommands({
    mirrorsDir: join(dir, 'mirrors'),
    ...gitHubPlaces({ serverUrl: `file://${join(dir, 'server')}`, cloneVia: 'https' }),
    environments: { local: environments.git, remote: environments['git fetch'] },
    askpassProgram: '/bin/false',
    readToken: async () => 'none',
  });
  await run('init', '--quiet', '--initial-branch=main');
  await writeFile(join(origin, 'file'), 'one\n');
  await commit('base');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function commit(message: string): Promise<void> {
  await run('add', '.');
  await run('commit', '--quiet', '-m', message);
}

/** Commits what `change` does, as the head of pull request 9 to `base`. */
async function propose(change: () => Promise<unknown>, base = 'main'): Promise<Mirror> {
  await run('checkout', '--quiet', '-b', 'change', base);
  await change();
  await commit('change');
  await run('update-ref', 'refs/pull/9/head', 'HEAD');
  await run('checkout', '--quiet', 'main');
  await run('branch', '--quiet', '-D', 'change');
  return { repository, baseBranch: base, pullRequest: 9 };
}

/** All that the bot does with a pull request; the step that failed, or `done`. */
async function prepare(mirror: Mirror): Promise<string> {
  const [job, diff] = [join(dir, 'job'), join(dir, 'diff')];
  const head = await run('rev-parse', 'refs/pull/9/head');
  const fetched = await git.fetchMirror(mirror, head);
  if (fetched.kind === 'failed') return fetched.step;
  const change = await git.readChange({ mirror, ...fetched }, diff);
  if (change.kind === 'failed') return change.step;
  const checkedOut = await git.checkOut(mirror, change, job);
  return checkedOut.kind === 'failed' ? checkedOut.step : 'done';
}

/** What the bot does with a diff, whatever it says, upon the pull request's head: fails, or makes the directory `second`. */
async function prepareDiff(mirror: Mirror, diff: string): Promise<void> {
  const file = join(dir, 'second.diff');
  await writeFile(file, diff);
  try {
    const base = await run('rev-parse', 'refs/pull/9/head');
    const tree = await applyToTree(inMirror, base, { file, isEmpty: false, temporaryIndex: `${file}.index` });
    const checkedOut = await git.checkOut(mirror, { kind: 'change', base, tree, submodules: [] }, join(dir, 'second'));
    if (checkedOut.kind === 'failed') throw new Error(checkedOut.message);
  } finally {
    await rm(file);
  }
}

const here = async () => (await readdir(dir)).sort();
const usual = ['.gitconfig', 'diff', 'job', 'mirrors', 'server'];

describe('a base branch', () => {
  // What ran once would else fail every later run.
  afterEach(() => rm('/ran-by-a-branch', { force: true }));

  it.each([
    '-h',
    '--help',
    '--upload-pack=touch ran-by-a-branch',
    '--template=x',
    '$(touch ran-by-a-branch)',
    'a;touch ran-by-a-branch',
    'ext::sh -c touch% ran-by-a-branch',
  ])('called %s is a name', async (name) => {
    // git gives branches no such names; whoever writes the file does.
    const head = await run('rev-parse', 'main');
    await mkdir(join(origin, '.git/refs/heads'), { recursive: true });
    await writeFile(join(origin, '.git/refs/heads', name), `${head}\n`);
    const mirror = await propose(() => writeFile(join(origin, 'new'), 'x\n'));
    expect(['done', 'clone', 'checkout']).toContain(await prepare({ ...mirror, baseBranch: name }));
    // git is started in the root of the file system.
    for (const place of [dir, origin, '/'])
      await expect(lstat(join(place, 'ran-by-a-branch'))).rejects.toThrow('ENOENT');
  });
});

describe('a pull request', () => {
  it('runs no hook, no filter, no diff driver', async () => {
    const mirror = await propose(async () => {
      await writeFile(join(origin, '.gitattributes'), '* filter=known diff=known merge=known\n');
      await writeFile(join(origin, '.gitconfig'), `[core]\n\tfsmonitor = touch ${dir}/ran\n`);
      await mkdir(join(origin, '.githooks'));
      for (const hook of ['post-checkout', 'applypatch-msg', 'reference-transaction']) {
        await writeFile(join(origin, '.githooks', hook), `#!/bin/sh\ntouch ${dir}/ran\n`);
        await chmod(join(origin, '.githooks', hook), 0o755);
      }
      await writeFile(join(origin, 'file'), 'two\n');
    });
    expect(await prepare(mirror)).toBe('done');
    expect(await readFile(join(dir, 'job/file'), 'utf8')).toBe('two\n');
    expect(await here()).toEqual(usual);
  });

  it('leaves a large file of LFS the pointer that it is', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 9\n`;
    const mirror = await propose(async () => {
      await writeFile(join(origin, '.gitattributes'), '*.big filter=lfs diff=lfs merge=lfs -text\n');
      await writeFile(join(origin, '.lfsconfig'), '[lfs]\n\turl = ext::touch ran\n');
      await writeFile(join(origin, 'a.big'), pointer);
    });
    expect(await prepare(mirror)).toBe('done');
    expect(await readFile(join(dir, 'job/a.big'), 'utf8')).toBe(pointer);
  });

  it('fetches no submodule, over whatever transport', async () => {
    const mirror = await propose(async () => {
      await writeFile(
        join(origin, '.gitmodules'),
        `[submodule "x"]\n\tpath = x\n\turl = ext::sh -c touch% ${dir}/ran\n`,
      );
      await run('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},x`);
    });
    expect(await prepare(mirror)).toBe('done');
    expect(await here()).toEqual(usual);
    expect(await readFile(join(dir, 'job/.git/config'), 'utf8')).not.toContain('submodule');
  });

  it('writes through no link of its own', async () => {
    await mkdir(join(dir, 'outside'));
    const mirror = await propose(async () => {
      await symlink(join(dir, 'outside'), join(origin, 'way'));
      await symlink('../../outside', join(origin, 'other'));
    });
    expect(await prepare(mirror)).toBe('done');
    expect((await lstat(join(dir, 'job/way'))).isSymbolicLink()).toBe(true);
    await expect(prepareDiff(mirror, added('way/new'))).rejects.toThrow('beyond a symbolic link');
    expect(await readdir(join(dir, 'outside'))).toEqual([]);
  });

  it.each([
    '../new',
    'a/../../new',
    '/tmp/hostile-repository-new',
    '.git/hooks/post-checkout',
    '.git/config',
    '.GIT/x',
    'git~1/x',
  ])('cannot change %s', async (name) => {
    const mirror = await propose(() => writeFile(join(origin, 'new'), 'x\n'));
    expect(await prepare(mirror)).toBe('done');
    await expect(prepareDiff(mirror, added(name))).rejects.toThrow(/invalid path|Invalid path/);
    expect(await here()).toEqual(usual);
  });

  it.each([
    '.git\u200c/config',
    '.g\u200cit/hooks/post-checkout',
    '.git /config',
    '.git./config',
    'GIT~1/config',
    '.git::$INDEX_ALLOCATION/config',
    '.gIt/config',
    '.git\\config',
  ])('called %j, which some file systems take for .git, leaves that as it was', async (name) => {
    const mirror = await propose(() => writeFile(join(origin, 'new'), 'x\n'));
    expect(await prepare(mirror)).toBe('done');
    const ofDotGit = async (job: string) => [
      (await readdir(join(dir, job, '.git'))).sort(),
      await readFile(join(dir, job, '.git/config'), 'utf8'),
    ];
    const made = await prepareDiff(mirror, added(name)).then(
      () => ['second'],
      () => [],
    );
    for (const job of made) expect(await ofDotGit(job)).toEqual(await ofDotGit('job'));
    expect(await here()).toEqual([...usual, ...made].sort());
  });

  it('with names that differ by case only changes both', async () => {
    const mirror = await propose(async () => {
      await writeFile(join(origin, 'File'), 'large\n');
      await writeFile(join(origin, 'file'), 'small\n');
      await writeFile(join(origin, 'README'), 'loud\n');
      await writeFile(join(origin, 'readme'), 'quiet\n');
    });
    expect(await prepare(mirror)).toBe('done');
    expect(await readFile(join(dir, 'job/File'), 'utf8')).toBe('large\n');
    expect(await readFile(join(dir, 'job/file'), 'utf8')).toBe('small\n');
  });
});

const added = (name: string) =>
  `diff --git a/${name} b/${name}\nnew file mode 100755\n--- /dev/null\n+++ b/${name}\n@@ -0,0 +1 @@\n+evil\n`;

it('an address that is a program is not run', async () => {
  const address = `ext::sh -c touch% ${dir}/ran`;
  expect(await git.clone(address, join(dir, 'cloned'))).toMatchObject({ kind: 'failed', step: 'clone' });
  expect(await git.clone('--upload-pack=touch ran', join(dir, 'cloned'))).toMatchObject({ kind: 'failed' });
  expect(await here()).not.toContain('ran');
});
