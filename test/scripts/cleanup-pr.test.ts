import { access, copyFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { environments } from './environments.ts';

const script = new URL('../../scripts/cleanup_pr.sh', import.meta.url).pathname;
const doomed = [
  'jobs/2025.01/pr_9/event_a/run_000/x/eessi-1.tgz',
  'jobs/2025.01/pr_9/y.tar.gz',
  'jobs/2025.02/pr_9/event b/ztar.gz',
];
const kept = [
  'jobs/2025.01/pr_9/x.tgz',
  'jobs/2025.01/pr_9/a.tar.zst',
  'jobs/2025.01/pr_90/x1.tgz',
  'jobs/2025.01/pr_1/x.tar.gz',
  'jobs/pr_9/x.tar.gz',
  'elsewhere/x.tar.gz',
];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cleanup-pr-'));
  for (const path of [...doomed, ...kept]) await write(path, '');
  await symlink(join(directory, 'elsewhere'), join(directory, 'jobs/2025.01/pr_9/link'));
});
afterEach(() => rm(directory, { recursive: true, force: true, maxRetries: 10 }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), text);
}
const run = (words: readonly string[], program = script, environment: Readonly<Record<string, string>> = {}) =>
  execa(program, words, { cwd: directory, reject: false, env: { BASE: directory, ...environment } });
const left = async (paths: readonly string[]) => {
  const there = await Promise.all(
    paths.map((path) =>
      access(join(directory, path)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return paths.filter((_path, index) => there[index]);
};

describe('the tarballs of one pull request', () => {
  it.each`
    what                            | appCfg                                          | words
    ${'with -b'}                    | ${''}                                           | ${['-b', 'jobs', '9']}
    ${'with --jobs-base-dir'}       | ${''}                                           | ${['--jobs-base-dir', 'jobs', '9']}
    ${'after the number'}           | ${''}                                           | ${['9', '--jobs-base-dir=jobs']}
    ${'with app.cfg here'}          | ${'[buildenv]\njobs_base_dir = jobs\n'}         | ${['9']}
    ${'with a variable in app.cfg'} | ${'[buildenv]\njobs_base_dir : $BASE/jobs  \n'} | ${['9']}
    ${'with -b before app.cfg'}     | ${'[buildenv]\njobs_base_dir = /none\n'}        | ${['-b', 'jobs', '9']}
  `('are deleted, nothing else: $what', async ({ appCfg, words }) => {
    await write('app.cfg', appCfg);
    expect(await run(words)).toMatchObject({ exitCode: 0 });
    expect(await left(doomed)).toEqual([]);
    expect(await left(kept)).toEqual(kept);
  });

  it('are deleted with the app.cfg beside the script, which goes before the one here', async () => {
    await write('bot/app.cfg', 'jobs_base_dir=jobs\n');
    await write('app.cfg', 'jobs_base_dir=/none\n');
    await copyFile(script, join(directory, 'bot/cleanup_pr.sh'));
    expect(await run(['9'], join(directory, 'bot/cleanup_pr.sh'))).toMatchObject({ exitCode: 0 });
    expect(await left(doomed)).toEqual([]);
  });

  it.each(['-D', '--dry-run'])('are only listed with %s', async (option) => {
    const { exitCode, stdout } = await run([option, '-b', 'jobs', '9']);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').sort()).toEqual(['Would be deleted:', ...doomed].sort());
    expect(await left(doomed)).toEqual(doomed);
  });

  it('are none of a pull request without jobs', async () => {
    expect(await run(['-b', 'jobs', '8'])).toMatchObject({
      exitCode: 0,
      stdout: 'There are no jobs of pull request 8 in jobs.',
    });
  });
});

it.each`
  what                       | words                        | stderr
  ${'no number'}             | ${['-b', 'jobs']}            | ${'the number of a pull request is needed'}
  ${'no number, but a text'} | ${['-b', 'jobs', '*']}       | ${"the number of a pull request is needed, not '*'"}
  ${'two numbers'}           | ${['-b', 'jobs', '9', '10']} | ${"one pull request at a time: '9' and '10' are given."}
  ${'an unknown option'}     | ${['-x', '9']}               | ${"unknown option '-x'"}
  ${'a missing value'}       | ${['9', '-b']}               | ${'-b needs a directory.'}
  ${'no directory'}          | ${['-b', '/none', '9']}      | ${"'/none' is not a directory."}
  ${'no app.cfg'}            | ${['9']}                     | ${'no jobs_base_dir in an app.cfg'}
`('refuses $what and deletes nothing', async ({ words, stderr }) => {
  expect(await run(words)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(stderr) });
  expect(await left(doomed)).toEqual(doomed);
});

it.each(environments)('deletes the same in a shell with $what', async ({ environment }) => {
  await write('app.cfg', '[buildenv]\njobs_base_dir = jobs\n');
  expect(await run(['9'], script, environment)).toMatchObject({ exitCode: 0 });
  expect(await left(doomed)).toEqual([]);
  expect(await left(kept)).toEqual(kept);
});

it('takes a directory whose name begins with a dash', async () => {
  await rename(join(directory, 'jobs'), join(directory, '-jobs'));
  expect(await run(['--jobs-base-dir=-jobs', '9'])).toMatchObject({ exitCode: 0 });
  expect(await left(doomed.map((path) => `-${path}`))).toEqual([]);
});

it('refuses an app.cfg with an unset variable', async () => {
  await write('app.cfg', 'jobs_base_dir = $NOT_SET_ANYWHERE/jobs\n');
  expect(await run(['9'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('$NOT_SET_ANYWHERE, which is not set'),
  });
});

it('explains itself', async () => {
  expect(await run(['-h'])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('--dry-run') });
});
