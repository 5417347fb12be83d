import { expect, it } from 'vitest';
import { maxCommentLength } from './comment.ts';
import { type ExplainedBuild, type ExplainedJob, explainBuildComment } from './explain.ts';
import { md } from './markdown.ts';

const zen2: ExplainedJob = {
  for: ['x86_64/amd/zen2'],
  repositoryId: 'eessi.io-2025.06-software',
  on: 'cpu_zen2',
  options: ['--hold', '--time=24:00:00', '--partition=zen2'],
  exports: [],
};
const gpu: ExplainedJob = {
  for: ['x86_64/amd/zen3', 'nvidia/cc80'],
  repositoryId: 'eessi.io-2025.06-software',
  on: 'gpu_a100',
  options: ['--hold', '--time=2:00:00'],
  exports: ['EB_ARGS="--from-pr 345"'],
};
const whole: ExplainedBuild = {
  appName: 'bot-a',
  typed: 'build for:architecture=x86_64/amd/zen2',
  asker: { login: 'alice', mayBuild: true },
  jobs: [zen2],
  commit: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
  leftOut: [],
  mayChangeOptions: false,
};
const explain = (change: Partial<ExplainedBuild> = {}) => explainBuildComment({ ...whole, ...change });

it('shows each job, the commit, the permission, the options for sbatch, and why there are not more', () => {
  const leftOut = [md`no job for \`R2\` on \`cpu_zen2\`: its section is missing`];
  expect(explain({ jobs: [zen2, gpu], leftOut })).toBe(
    `Instance \`bot-a\` would submit 2 jobs for \`build for:architecture=x86_64/amd/zen2\`. Nothing was done.

|for|repo|node type|
|----|----|----|
|\`x86_64/amd/zen2\`|\`eessi.io-2025.06-software\`|\`cpu_zen2\`|
|\`x86_64/amd/zen3\`, \`nvidia/cc80\`|\`eessi.io-2025.06-software\`|\`gpu_a100\`|

- commit: \`1a2b3c4d5e6f\`, the head of the pull request when this was typed
- permission: account \`alice\` may submit build jobs

- sbatch on \`cpu_zen2\`: \`--hold\` \`--time=24:00:00\` \`--partition=zen2\`
- sbatch on \`gpu_a100\`: \`--hold\` \`--time=2:00:00\`; exported: \`EB_ARGS="--from-pr 345"\`

- no job for \`R2\` on \`cpu_zen2\`: its section is missing

Not tried: whether the commit fits its base branch, whether Slurm takes the job.`,
  );
});

it('says first that who asks may not', () => {
  expect(explain({ asker: { login: 'bob', mayBuild: false }, mayChangeOptions: true })).toBe(
    `Instance \`bot-a\` would submit no job for \`build for:architecture=x86_64/amd/zen2\`. Account \`bob\` has NO permission to submit build jobs; the admin of this instance gives it, by \`build_permission\`. Of somebody who has it, it would be 1 job:

|for|repo|node type|
|----|----|----|
|\`x86_64/amd/zen2\`|\`eessi.io-2025.06-software\`|\`cpu_zen2\`|

- commit: \`1a2b3c4d5e6f\`, the head of the pull request when this was typed

- sbatch on \`cpu_zen2\`: \`--hold\` \`--time=24:00:00\` \`--partition=zen2\`

Not tried: whether the commit fits its base branch, whether \`det_submit_opts.py\` of the pull request changes options, whether Slurm takes the job.`,
  );
});

it.each<[string, Partial<ExplainedBuild>, string]>([
  [
    'all is green',
    { jobs: [], typed: 'retry', leftOut: [md`2 targets have ended in SUCCESS`] },
    'Instance `bot-a` would submit no job for `retry`: see below.\n\n- 2 targets have ended in SUCCESS',
  ],
  [
    'all is green, and who asks may not',
    { jobs: [], typed: 'retry', leftOut: [md`green`], asker: { login: 'bob', mayBuild: false } },
    'Instance `bot-a` would submit no job for `retry`: see below. Account `bob` has NO permission to submit build jobs; the admin of this instance gives it, by `build_permission`.\n\n- green',
  ],
  [
    'nothing is left',
    { jobs: [], typed: 'retry' },
    'Instance `bot-a` would submit no job for `retry`: nothing is left to build.',
  ],
])('nothing would be submitted: %s', (_why, change, text) => {
  expect(explain(change)).toBe(text);
});

it('nothing would be submitted: GitHub does not show the pull request', () => {
  const { commit: _, ...gone } = whole;
  expect(explainBuildComment(gone)).toBe(
    'Instance `bot-a` would submit no job for `build for:architecture=x86_64/amd/zen2`: GitHub no longer shows this pull request to the bot.',
  );
});

it('shows no secret of the options, and calls nobody', () => {
  const options = ['--export=API_TOKEN=abc', '--mail-user=@alice', '--comment=a|b`c'];
  const exports = ['GH_TOKEN=ghp_abcdefghij0123456789'];
  const text = explain({ jobs: [{ ...zen2, options, exports }] });
  expect(text).toContain(
    '- sbatch on `cpu_zen2`: `--export=API_TOKEN=(secret)` `--mail-user=@alice` `` --comment=a|b`c ``; exported: `GH_TOKEN=(secret)`',
  );
});

it('names options that are the same once, and folds many', () => {
  const jobs = Array.from({ length: 8 }, (_, index) => ({ ...zen2, on: `node${index}` }));
  expect(explain({ jobs: [zen2, { ...zen2, repositoryId: 'R2' }] }).match(/sbatch on/g)).toHaveLength(1);
  expect(explain({ jobs: jobs.slice(0, 6) })).not.toContain('<details>');
  expect(explain({ jobs })).toContain('<details><summary>Options for sbatch, of 8 kinds of jobs</summary>\n\n- sbatch');
});

it('fits into a comment, and says how much is left out', () => {
  const jobs = Array.from({ length: 2_000 }, (_, index) => ({ ...zen2, on: `node${index}` }));
  const leftOut = Array.from({ length: 2_000 }, (_, index) => md`target ${index} is being built already`);
  const text = explain({ jobs, leftOut });
  expect(text.length).toBeLessThan(maxCommentLength);
  expect(text).toMatch(/… and \d+ more, for which there is no room; filters show fewer/);
  expect(text).toMatch(/Not tried: .*\.$/);
});
