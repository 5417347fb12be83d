import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { gitEnvironment } from '../git-environment.ts';
import type { Commit, GitHubStandIn } from './github-stand-in.ts';
import { startGitHub } from './start-github.ts';
import { pullRequestCommits, writeTargetRepository } from './target-repository.ts';

const repository = 'EESSI/software-layer';

let directory: string;
let job: string;
let github: GitHubStandIn;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'target-repository-'));
  job = join(directory, 'job');
  github = await startGitHub({
    directory: join(directory, 'github'),
    webhookSecret: 'secret',
    app: { id: 1, slug: 'bot', installationId: 2 },
  });
  await github.createRepository({
    name: repository,
    files: (workTree) => writeTargetRepository(workTree, { buildSeconds: 0 }),
  });
});

afterEach(async () => {
  await github.close();
  await rm(directory, { recursive: true });
});

const own = { env: gitEnvironment(), extendEnv: false } as const;
const git = async (...words: string[]) => (await execa('git', words, { cwd: job, ...own })).stdout;

/** A job directory as the bot makes it, then its scripts as the job script runs them. */
async function runJob(commits: readonly Commit[]): Promise<void> {
  const number = await github.openPullRequest(repository, { branch: 'change', user: 'alice', commits });
  await execa('git', ['clone', '--quiet', `${github.serverUrl}/${repository}.git`, job], own);
  await git('fetch', '--quiet', 'origin', `refs/pull/${number}/head`);
  const diff = await execa('git', ['diff', '--binary', 'HEAD...FETCH_HEAD'], {
    cwd: job,
    ...own,
    stripFinalNewline: false,
  });
  await writeFile(join(job, `${number}.diff`), diff.stdout);
  await git('apply', `${number}.diff`);
  await mkdir(join(job, 'cfg'));
  const architecture = '[architecture]\nsoftware_subdir = x86_64/amd/zen2\nos_type = linux\naccelerator = \n\n';
  await writeFile(join(job, 'cfg/job.cfg'), `[repository]\nrepo_id = eessi\nrepo_version = 2023.06\n\n${architecture}`);
  let output = '';
  for (const script of ['bot/build.sh', 'bot/check-build.sh', 'bot/test.sh', 'bot/check-test.sh']) {
    const run = await execa(join(job, script), { cwd: job, env: { SLURM_JOB_ID: '12' }, all: true, reject: false });
    output += `${run.all}\n`;
    await writeFile(join(job, 'slurm-12.out'), output);
  }
}

const artefacts = async () => (await readdir(job)).filter((name) => name.endsWith('.tar.gz'));

it('makes an artefact of what the pull request changed, whatever its names and bytes', async () => {
  await runJob(pullRequestCommits);
  expect(await artefacts()).toEqual([
    expect.stringMatching(/^eessi-2023\.06-software-linux-x86_64-amd-zen2-\d+\.tar\.gz$/),
  ]);
  const [artefact = ''] = await artefacts();
  await execa('tar', ['--extract', `--file=${artefact}`], { cwd: job });
  const installed = join(job, '2023.06/software/linux/x86_64/amd/zen2');
  const bytes = await readFile(join(installed, 'software/easyconfigs/z/zlib/zlib-1.3.1-test-data.bin'));
  expect([...bytes.subarray(0, 256)]).toEqual(Array.from({ length: 256 }, (_, index) => index));
  expect(
    (await readdir(join(installed, 'software'), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort(),
  ).toEqual([
    'eessi-2023.06.yml',
    'how to build.md',
    'list-recipes.sh',
    'zlib-1.3.1-test-data.bin',
    'zlib-1.3.1.eb',
    'Überblick größerer Pakete.md',
  ]);
  expect(await readFile(join(installed, 'modules/all/zlib/1.3.1.lua'), 'utf8')).toContain('zlib-1.3.1');
  expect(await readFile(join(job, '_bot_job12.result'), 'utf8')).toMatch(
    new RegExp(
      `^\\[RESULT\\]\ncomment_description = <details><summary>:grin: SUCCESS .*</details>\nstatus = SUCCESS\nartefacts = \n    ${artefact}\n$`,
    ),
  );
  expect(await readFile(join(job, '_bot_job12.test'), 'utf8')).toMatch(
    /^\[TEST\]\ncomment_description = <details><summary>:grin: SUCCESS .*<\/details>\nstatus = SUCCESS\n$/,
  );
});

it('the commits hold a rename, a mode change, a deletion and a binary file', async () => {
  await runJob(pullRequestCommits);
  const changes = await git('-c', 'core.quotePath=false', 'diff', '--raw', '--find-renames', 'HEAD...FETCH_HEAD');
  expect(changes.split('\n').map((line) => line.replaceAll(/ [0-9a-f]{7} [0-9a-f]{7}/g, ''))).toEqual([
    ':000000 100644 A\tdocs/how to build.md',
    ':000000 100644 A\tdocs/Überblick größerer Pakete.md',
    ':000000 100644 A\teasyconfigs/z/zlib/zlib-1.3.1-test-data.bin',
    expect.stringMatching(
      /^:100644 100644 R09\d\teasyconfigs\/z\/zlib\/zlib-1\.2\.13\.eb\teasyconfigs\/z\/zlib\/zlib-1\.3\.1\.eb$/,
    ),
    ':100644 000000 D\teasystacks/eessi-2021.12.yml',
    ':100644 100644 M\teasystacks/eessi-2023.06.yml',
    ':100644 100755 M\tscripts/list-recipes.sh',
  ]);
});

it.each([
  ['# build fails', 'FAILURE', 'FAILURE', 0],
  ['# test fails', 'SUCCESS', 'FAILURE', 1],
])('a recipe with the line %s: build %s, test %s, %i artefacts', async (line, build, test, count) => {
  await runJob([{ message: 'Add a recipe', files: { 'easyconfigs/b/bad/bad-1.0.eb': `name = 'bad'\n${line}\n` } }]);
  expect(await readFile(join(job, '_bot_job12.result'), 'utf8')).toMatch(new RegExp(`^status = ${build}$`, 'm'));
  expect(await readFile(join(job, '_bot_job12.test'), 'utf8')).toMatch(new RegExp(`^status = ${test}$`, 'm'));
  expect(await artefacts()).toHaveLength(count);
});
