import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JobId } from '../outside/slurm/slurm.ts';
import { readMetadata, writeMetadata } from './metadata.ts';

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

it('names a repository of any depth', async () => {
  const metadata = { repository: { owner: 'my.group/a/b', name: 'R' }, pullRequest: 9, commentId: 5 };
  await writeMetadata(directory, '7' as JobId, metadata);
  expect(await readFile(join(directory, '_bot_job7.metadata'), 'utf8')).toMatch(/^repo = my\.group\/a\/b\/R$/m);
  expect(await readMetadata(directory, '7' as JobId)).toEqual({ kind: 'metadata', metadata });
});

it('tells who ordered the job, if it does', async () => {
  const owner = async (line: string) => {
    const reading = await read('repo = O/R', 'pr_number = 9', line);
    return reading.kind === 'metadata' ? reading.metadata.jobOwner : reading;
  };
  expect(await owner('job_owner = alice')).toBe('alice');
  expect(await owner('job_owner = helper[bot]')).toBe('helper[bot]');
  expect(await owner('job_owner = alice.b')).toBe('alice.b');
  expect(await owner('job_owner =')).toBeUndefined();
  expect(await owner('job_owner = @everyone\n')).toBeUndefined();
  await writeMetadata(directory, '7' as JobId, {
    repository: { owner: 'O', name: 'R' },
    pullRequest: 9,
    commentId: 5,
    jobOwner: 'alice',
  });
  expect(await readFile(join(directory, '_bot_job7.metadata'), 'utf8')).toBe(
    '[PR]\nrepo = O/R\npr_number = 9\npr_comment_id = 5\njob_owner = alice\n\n',
  );
});

it.each`
  repo       | number   | comment                | why
  ${'../..'} | ${'9'}   | ${'5'}                 | ${'names no repository and pull request'}
  ${'O/..'}  | ${'9'}   | ${'5'}                 | ${'names no repository and pull request'}
  ${'O/R/'}  | ${'9'}   | ${'5'}                 | ${'names no repository and pull request'}
  ${'O/R?x'} | ${'9'}   | ${'5'}                 | ${'names no repository and pull request'}
  ${'a//R'}  | ${'9'}   | ${'5'}                 | ${'names no repository and pull request'}
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
