import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JobId } from '../outside/slurm/slurm.ts';
import { readMetadata } from './metadata.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'metadata-'));
});
afterEach(() => rm(directory, { recursive: true }));

const read = async (...lines: string[]) => {
  await writeFile(join(directory, '_bot_job7.metadata'), ['[PR]', ...lines, ''].join('\n'));
  return await readMetadata(directory, '7' as JobId);
};

it.each`
  what                  | lines                                      | commentId
  ${'a comment'}        | ${['pr_number = 9', 'pr_comment_id = 70']} | ${70}
  ${'that it has none'} | ${['pr_number = 9', 'pr_comment_id = -1']} | ${-1}
  ${'nothing of it'}    | ${['pr_number = 9']}                       | ${-1}
  ${'an empty value'}   | ${['pr_number = 9', 'pr_comment_id =']}    | ${-1}
`('tells of the comment: $what', async ({ lines, commentId }) => {
  const metadata = { repository: { owner: 'joe_acme', name: 'R.x' }, pullRequest: 9, commentId };
  expect(await read('repo = joe_acme/R.x', ...lines)).toEqual({ kind: 'metadata', metadata });
});

it.each`
  repo       | number   | comment                | why
  ${'../..'} | ${'9'}   | ${'5'}                 | ${'names no repository and pull request'}
  ${'O/..'}  | ${'9'}   | ${'5'}                 | ${'names no repository and pull request'}
  ${'O/R/x'} | ${'9'}   | ${'5'}                 | ${'names no repository and pull request'}
  ${'O/R?x'} | ${'9'}   | ${'5'}                 | ${'names no repository and pull request'}
  ${'a.b/R'} | ${'9'}   | ${'5'}                 | ${'names no repository and pull request'}
  ${'O/R'}   | ${'0'}   | ${'5'}                 | ${'names no repository and pull request'}
  ${'O/R'}   | ${'../'} | ${'5'}                 | ${'names no repository and pull request'}
  ${'O/R'}   | ${'9'}   | ${'../5'}              | ${'names a comment that GitHub cannot have'}
  ${'O/R'}   | ${'9'}   | ${'-2'}                | ${'names a comment that GitHub cannot have'}
  ${'O/R'}   | ${'9'}   | ${'0'}                 | ${'names a comment that GitHub cannot have'}
  ${'O/R'}   | ${'9'}   | ${'5.5'}               | ${'names a comment that GitHub cannot have'}
  ${'O/R'}   | ${'9'}   | ${'99999999999999999'} | ${'names a comment that GitHub cannot have'}
`('$repo, $number and $comment: $why', async ({ repo, number, comment, why }) => {
  const reading = await read(`repo = ${repo}`, `pr_number = ${number}`, `pr_comment_id = ${comment}`);
  expect(reading).toEqual({ kind: 'unusable', why: `${join(directory, '_bot_job7.metadata')} ${why}` });
});
