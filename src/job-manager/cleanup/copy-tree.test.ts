import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { copyPinned, copyTree, emptyDirectory, removeTree } from './copy-tree.ts';
import { withPinned } from './pin.ts';

let root: string;
const path = (name: string) => join(root, name);
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'copy-tree-'));
  await mkdir(path('login/node'), { recursive: true });
  await writeFile(path('login/secret'), 'secret');
  await mkdir(path('job/run/deep'), { recursive: true });
  await writeFile(path('job/run/deep/out'), 'of the job');
});
afterEach(() => rm(root, { recursive: true }));

/** What a background process of a job does: the name stands for something of the login node from now on. */
async function swap(name: string, target: string): Promise<void> {
  await rename(path(name), path(`${name}.before`));
  await symlink(path(target), path(name));
}

it('copies the file that it holds, not the one that a link in its place leads to', async () => {
  await withPinned(path('job/run/deep/out'), async (pinned) => {
    await swap('job/run/deep/out', 'login/secret');
    await copyPinned(pinned, path('copy'));
  });
  expect(await readFile(path('copy'), 'utf8')).toBe('of the job');
});

it.each(['job/run/deep', 'job/run', 'job'])(
  'copies the directory that it holds where %s becomes a link',
  async (name) => {
    await withPinned(path('job/run/deep'), async (pinned) => {
      await swap(name, 'login');
      await copyPinned(pinned, path('copy'));
    });
    expect(await readdir(path('copy'))).toEqual(['out']);
  },
);

it('copies no directory through a link', async () => {
  await symlink(path('login'), path('link'));
  await expect(copyTree(path('link'), path('copy'))).rejects.toThrow('ENOTDIR');
  expect(await readdir(path('copy'))).toEqual([]);
});

it('copies a pipe neither when it was one nor when it becomes one, and waits for none', async () => {
  await execa('mkfifo', [path('pipe')]);
  await withPinned(path('job/run/deep/out'), async (pinned) => {
    await rename(path('pipe'), path('job/run/deep/out'));
    expect(await copyPinned(pinned, path('copy'))).toEqual([]);
  });
  expect(await copyTree(path('job'), path('tree'))).toEqual([path('job/run/deep/out')]);
});

it.each`
  what         | change                                                 | copied
  ${'longer'}  | ${() => appendFile(path('job/run/deep/out'), ' more')} | ${'of the job'}
  ${'shorter'} | ${() => truncate(path('job/run/deep/out'), 2)}         | ${'of'}
`('ends where a file becomes $what', async ({ change, copied }) => {
  await withPinned(path('job/run/deep/out'), async (pinned) => {
    await change();
    await copyPinned(pinned, path('copy'));
  });
  expect(await readFile(path('copy'), 'utf8')).toBe(copied);
});

it('copies and removes what a job has taken all rights from', async () => {
  await chmod(path('job/run/deep/out'), 0);
  await chmod(path('job/run/deep'), 0);
  await copyTree(path('job'), path('copy'));
  await chmod(path('copy/run/deep'), 0o700);
  await chmod(path('copy/run/deep/out'), 0o600);
  expect(await readFile(path('copy/run/deep/out'), 'utf8')).toBe('of the job');
  await chmod(path('job/run/deep'), 0);
  await removeTree(path('job'));
  expect((await readdir(root)).sort()).toEqual(['copy', 'login']);
});

it('empties the directory that it holds, not the one that a link in its place leads to', async () => {
  await withPinned(path('job/run'), async (pinned) => {
    await swap('job/run', 'login');
    await emptyDirectory(pinned);
  });
  expect([await readdir(path('job/run.before')), await readdir(path('login'))]).toEqual([[], ['node', 'secret']]);
});

it('removes links, not what they lead to', async () => {
  await symlink(path('login'), path('job/run/link'));
  await removeTree(path('job'));
  await symlink(path('login'), path('job'));
  await removeTree(path('job'));
  expect([await readdir(root), await readdir(path('login'))]).toEqual([['login'], ['node', 'secret']]);
});
