import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type S3StandIn, s3Credentials, startS3 } from '../../stand-ins/s3.ts';

const root = new URL('../../', import.meta.url).pathname;
const name = 'eessi-p-software-1.tar.gz';

let directory: string;
let s3: S3StandIn;
beforeEach(async () => {
  s3 = await startS3();
  await s3.createBucket('eessi-staging');
  directory = await mkdtemp(join(tmpdir(), 'upload-'));
  await writeFile(join(directory, 'content'), 'content');
  await execa('tar', ['--create', '--gzip', `--file=${name}`, 'content'], { cwd: directory });
});
afterEach(async () => {
  await s3.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

/** With a proxy that is not there for all but this machine: the program asks nobody outside. */
const environment = () => ({
  PATH: process.env['PATH'] ?? '',
  HOME: directory,
  HTTPS_PROXY: 'http://127.0.0.1:9',
  NO_PROXY: '127.0.0.1',
  ...s3Credentials,
});
const run = (
  words: readonly string[],
  more: Record<string, string> = {},
  script = `${root}scripts/eessi-upload-to-staging`,
) => execa(script, words, { cwd: directory, reject: false, extendEnv: false, env: { ...environment(), ...more } });

describe('the program', () => {
  it('uploads, and tells each step', async () => {
    const { exitCode, stdout, stderr } = await run(['-e', s3.endpoint, '-p', '9', join(directory, name)]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^checked .*: tar archive, 1 entries, \d+ bytes, SHA-256 [0-9a-f]{64}$/),
      `uploaded artefact to ${s3.endpoint}/eessi-staging/p/software/1/${name} and read it back`,
      `uploaded metadata to ${s3.endpoint}/eessi-staging/p/software/1/${name}.meta.txt and read it back`,
    ]);
    const metadata = JSON.parse((await s3.read('eessi-staging', `p/software/1/${name}.meta.txt`)).toString());
    expect(metadata).toMatchObject({
      uploader: { ip: '' },
      link2pr: { repo: 'EESSI/software-layer', pr: '9', pr_comment_id: 'none' },
    });
  });

  it('finds credentials in ~/.aws', async () => {
    await execa('mkdir', ['.aws'], { cwd: directory });
    await writeFile(
      join(directory, '.aws/credentials'),
      '[default]\naws_access_key_id = a\naws_secret_access_key = b\n',
    );
    const { exitCode, stderr } = await run(['-e', s3.endpoint, name], {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it.each`
    what                | words                     | exitCode | stdout               | stderr
    ${'help'}           | ${['--help']}             | ${0}     | ${/^Usage: /}        | ${/^$/}
    ${'variables'}      | ${['-l']}                 | ${0}     | ${/legacy_aws_path/} | ${/^$/}
    ${'no argument'}    | ${[]}                     | ${1}     | ${/^$/}              | ${/^No FILE is given/}
    ${'unknown option'} | ${['--foo', name]}        | ${1}     | ${/^$/}              | ${/unknown option '--foo'/}
    ${'missing file'}   | ${['eessi-p-init-1.tar']} | ${1}     | ${/^$/}              | ${/^'eessi-p-init-1.tar' does not exist\.$/}
    ${'missing bucket'} | ${['-n', 'none', name]}   | ${1}     | ${/^checked/}        | ${/there is no such bucket; create it or correct bucket_name\.$/}
  `('$what: exit $exitCode', async ({ words, exitCode, stdout, stderr }) => {
    const result = await run(['-e', s3.endpoint, ...words]);
    expect(result).toMatchObject({
      exitCode,
      stdout: expect.stringMatching(stdout),
      stderr: expect.stringMatching(stderr),
    });
  });
});

describe('the launcher', () => {
  const fakeNode = async (version: string) => {
    await writeFile(
      join(directory, 'node'),
      `#!/bin/bash\n[[ $1 == --version ]] && echo ${version} || echo "fake $*"\n`,
    );
    await chmod(join(directory, 'node'), 0o755);
    return { PATH: `${directory}:/usr/bin:/bin` };
  };

  it.each(['v22.18.0', 'v22.19.1', 'v23.0.0', 'v24.21.0', 'v100.0.0'])(
    "takes the machine's Node %s",
    async (version) => {
      const { stdout } = await run(['-l'], await fakeNode(version));
      expect(stdout).toMatch(/^fake --/);
      expect(stdout.endsWith(` ${root}src/upload-to-staging/main.ts -l`)).toBe(true);
    },
  );

  it.each(['v22.17.9', 'v20.20.2', 'v8.1.0', 'nonsense'])(
    "takes the bot's own before the machine's %s",
    async (version) => {
      const { exitCode, stdout } = await run(['-l'], await fakeNode(version));
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('legacy_aws_path') });
    },
  );

  it('works through a link', async () => {
    await symlink(`${root}scripts/eessi-upload-to-staging`, join(directory, 'link'));
    expect(await run(['-l'], {}, join(directory, 'link'))).toMatchObject({ exitCode: 0 });
  });

  it('says in one line that there is none', async () => {
    await execa('mkdir', ['scripts', 'node_modules'], { cwd: directory });
    for (const name of ['eessi-upload-to-staging', 'run-program.sh'])
      await execa('cp', [`${root}scripts/${name}`, 'scripts'], { cwd: directory });
    await writeFile(join(directory, 'node_modules/.package-lock.json'), '{}'); // all packages are there
    const result = await run(['-l'], await fakeNode('v20.20.2'), join(directory, 'scripts/eessi-upload-to-staging'));
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toMatch(/^error: Node\.js 22\.18 or newer is needed: [^\n]*$/);
  });
});
