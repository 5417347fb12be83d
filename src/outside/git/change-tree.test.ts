import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentsOf } from '../processes/child-environment.ts';
import { indexInfo, parseSubmodules, readChangedTree } from './change-tree.ts';
import { type InRepository, inRepository } from './run-git.ts';

const [one, two, none] = ['1', '2', '0'].map((digit) => digit.repeat(40));

describe('submodules', () => {
  it.each`
    change                       | raw                                                                             | submodules
    ${'nothing'}                 | ${''}                                                                           | ${[]}
    ${'a file'}                  | ${`:100644 100644 ${one} ${two} M\0a b\0`}                                      | ${[]}
    ${'one moves'}               | ${`:160000 160000 ${one} ${two} M\0m\0`}                                        | ${[{ path: 'm', commit: two }]}
    ${'one comes, and a file'}   | ${`:000000 160000 ${none} ${two} A\0d/m\0:100644 000000 ${one} ${none} D\0f\0`} | ${[{ path: 'd/m', commit: two }]}
    ${'one goes'}                | ${`:160000 000000 ${one} ${none} D\0m\0`}                                       | ${[{ path: 'm' }]}
    ${'one gives way to a file'} | ${`:160000 100644 ${one} ${two} T\0m\0`}                                        | ${[{ path: 'm' }]}
  `('$change', ({ raw, submodules }) => expect(parseSubmodules(raw)).toEqual(submodules));

  it('are told to the index by commit, or as gone', () => {
    expect(indexInfo([{ path: 'a b', commit: two ?? '' }, { path: 'm' }])).toBe(
      `160000 ${two}\ta b\0${'0'} ${none}\tm\0`,
    );
  });
});

describe('a diff that does not hold all that the pull request changed', () => {
  let dir: string;
  let git: InRepository;
  const commits = { base: '', mergeBase: '', head: '' };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'change-tree-'));
    git = inRepository(['-C', dir], environmentsOf({ PATH: process.env['PATH'] }).git);
    const commit = async (files: Record<string, string>) => {
      for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
      await git(['add', ...Object.keys(files)]);
      await git(['commit', '--quiet', '-m', 'commit']);
      return (await git(['rev-parse', 'HEAD'])).trim();
    };
    await git(['init', '--quiet', '--template=']);
    commits.mergeBase = await commit({ a: 'a\n', b: 'b\n', c: 'c\n' });
    commits.head = await commit({ a: 'A\n', b: 'B\n' });
    await git(['checkout', '--quiet', commits.mergeBase]);
    commits.base = await commit({ c: 'C\n' });
  });
  afterAll(() => rm(dir, { recursive: true }));

  const change = async (...paths: string[]) => {
    const file = join(dir, 'diff');
    await git(['diff-tree', '-p', '--binary', `--output=${file}`, commits.mergeBase, commits.head, '--', ...paths]);
    return await readChangedTree(git, commits, { file, isEmpty: false, temporaryIndex: join(dir, 'temporary-index') });
  };

  it('is refused, naming what is missing', async () => {
    await expect(change('a')).rejects.toThrow(
      'error: git apply did not carry all changes of the pull request to its base branch: b\nMerge the base branch',
    );
  });

  it('is refused in one line for each file, whatever its name is', async () => {
    const name = 'd\nssh: connect to host h';
    await git(['checkout', '--quiet', commits.head]);
    await writeFile(join(dir, name), '');
    await git(['add', name]);
    await git(['commit', '--quiet', '-m', 'commit']);
    const head = (await git(['rev-parse', 'HEAD'])).trim();
    const diff = { file: join(dir, 'diff'), isEmpty: true, temporaryIndex: join(dir, 'temporary-index') };
    await expect(readChangedTree(git, { ...commits, head }, diff)).rejects.toThrow(
      String.raw`its base branch: a, b, "d\nssh: connect to host h"`,
    );
  });

  it('and one that holds all gives the tree with the changes of both', async () => {
    const { base, tree, submodules } = await change();
    expect([base, submodules]).toEqual([commits.base, []]);
    const texts = await Promise.all(['a', 'b', 'c'].map((name) => git(['cat-file', 'blob', `${tree}:${name}`])));
    expect(texts).toEqual(['A\n', 'B\n', 'C\n']);
  });
});
