import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { addCommits, makeBareRepository, readBranch } from './bare-repository.ts';
import { git } from './run-git.ts';
import { pullRequestCommits, targetRepository } from './target-repository.ts';

let directory: string;
let repositories: string[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'made-commits-'));
  repositories = ['one', 'other'].map((name) => join(directory, `${name}.git`));
  for (const each of repositories) await makeBareRepository(each, 'main');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const first = [{ message: 'Initial commit', files: targetRepository(0) }];
const packs = (bare: string) => readdir(join(bare, 'objects/pack'));

it('what was made once is in the next repository as it is in the first', async () => {
  const heads = [];
  for (const bare of repositories) {
    const base = await addCommits(bare, 'main', undefined, first, 'dave');
    const head = await addCommits(bare, 'zlib', base, pullRequestCommits, 'dave');
    await git(bare, ['fsck', '--strict', '--connectivity-only']);
    expect([await readBranch(bare, 'main'), await readBranch(bare, 'zlib')]).toEqual([base, head]);
    const log = await git(bare, ['log', '--format=%an %s', '--name-status', '--no-renames', head]);
    heads.push([base, head, log]);
  }
  expect(heads[1]).toEqual(heads[0]);
  expect(heads[0]?.[2]).toContain('dave Explain, in files with names that need care');
  expect((await packs(repositories[1] ?? '')).length).toBeGreaterThan(0);
});

it.each([
  { what: 'in the same repository', next: 0, user: 'dave', commits: first },
  { what: 'by somebody else', next: 1, user: 'alice', commits: first },
  { what: 'with another message', next: 1, user: 'dave', commits: first.map((each) => ({ ...each, message: 'x' })) },
  { what: 'from a directory', next: 1, user: 'dave', commits: [{ message: 'x', files: import.meta.dirname }] },
])('$what they are made', async ({ next, user, commits }) => {
  const [bare = '', ...others] = repositories;
  await addCommits(bare, 'main', undefined, first, 'dave');
  const place = [bare, ...others][next] ?? '';
  const before = await packs(place);
  const head = await addCommits(place, 'again', undefined, commits, user);
  expect(await git(place, ['log', '--format=%an %s', head])).toBe(`${user} ${commits[0]?.message}`);
  expect(await packs(place)).toEqual(before);
});
