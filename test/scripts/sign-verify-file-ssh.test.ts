import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { environments } from './environments.ts';

const script = new URL('../../scripts/sign_verify_file_ssh.sh', import.meta.url).pathname;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sign-verify-'));
  await writeFile(join(directory, 'f'), 'content');
  await makeKey('key', '');
  await makeKey('locked', 'secret words');
  await writeFile(
    join(directory, 'signers'),
    `bot@site ${await publicKey('key')}other@site ${await publicKey('locked')}`,
  );
});
afterEach(() => rm(directory, { recursive: true, force: true, maxRetries: 10 }));

const makeKey = (name: string, passphrase: string) =>
  execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', 'c', '-f', name], { cwd: directory });
const publicKey = (name: string) => readFile(join(directory, `${name}.pub`), 'utf8');

/** Without a terminal, as the bot runs it. */
const run = (words: readonly string[], environment: Record<string, string> = {}) =>
  execa(script, words, {
    cwd: directory,
    reject: false,
    detached: true,
    stdin: 'ignore',
    extendEnv: false,
    env: { PATH: process.env['PATH'] ?? '', ...environment },
  });
const sign = (...words: string[]) => run(['--sign', '--private-key', 'key', '--file', 'f', ...words]);
const verify = (...words: string[]) => run(['--verify', '--allowed-signers-file', 'signers', '--file', 'f', ...words]);

describe('signing', () => {
  it.each`
    what                      | words                            | namespace
    ${'for files by default'} | ${[]}                            | ${'file'}
    ${'for a namespace'}      | ${['--namespace', 'MY-bot "1"']} | ${'MY-bot "1"'}
  `('$what, and verifying', async ({ words, namespace }) => {
    expect(await sign(...words)).toMatchObject({ exitCode: 0 });
    const { exitCode, stdout } = await verify('--terse');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ identity: 'bot@site', namespace });
  });

  it('with a passphrase, which is in no argument list', async () => {
    const words = ['--sign', '--private-key', 'locked', '--file', 'f'];
    expect(await run(words, { KEY_PASSPHRASE: 'secret words' })).toMatchObject({ exitCode: 0 });
    expect((await verify('--terse')).stdout).toBe('{"identity": "other@site", "namespace": "file"}');
  });

  describe('with a key as people have it, without its public key beside it', () => {
    const bom = Buffer.from([0xef, 0xbb, 0xbf]);
    const asIs = (text: string) => text;
    it.each`
      what                                  | type         | format       | passphrase        | change
      ${'RSA in PEM'}                       | ${'rsa'}     | ${'PEM'}     | ${''}             | ${asIs}
      ${'RSA in PKCS#8'}                    | ${'rsa'}     | ${'PKCS8'}   | ${''}             | ${asIs}
      ${'RSA in PEM with a passphrase'}     | ${'rsa'}     | ${'PEM'}     | ${'secret words'} | ${asIs}
      ${'RSA in PKCS#8 with a passphrase'}  | ${'rsa'}     | ${'PKCS8'}   | ${'secret words'} | ${asIs}
      ${'RSA of OpenSSH'}                   | ${'rsa'}     | ${'RFC4716'} | ${''}             | ${asIs}
      ${'ECDSA in PEM'}                     | ${'ecdsa'}   | ${'PEM'}     | ${''}             | ${asIs}
      ${'ECDSA in PKCS#8'}                  | ${'ecdsa'}   | ${'PKCS8'}   | ${''}             | ${asIs}
      ${'Ed25519'}                          | ${'ed25519'} | ${'RFC4716'} | ${''}             | ${asIs}
      ${'DOS line ends'}                    | ${'ed25519'} | ${'RFC4716'} | ${'secret words'} | ${(text: string) => text.replaceAll('\n', '\r\n')}
      ${'DOS line ends in PEM'}             | ${'rsa'}     | ${'PEM'}     | ${''}             | ${(text: string) => text.replaceAll('\n', '\r\n')}
      ${'no line end behind its last line'} | ${'ed25519'} | ${'RFC4716'} | ${''}             | ${(text: string) => text.trimEnd()}
      ${'blanks at line ends'}              | ${'ed25519'} | ${'RFC4716'} | ${''}             | ${(text: string) => text.replaceAll('\n', ' \n')}
      ${'a byte order mark'}                | ${'ed25519'} | ${'RFC4716'} | ${''}             | ${(text: string) => `${bom}${text}`}
      ${'text before it'}                   | ${'rsa'}     | ${'PEM'}     | ${''}             | ${(text: string) => `Bag Attributes\n${text}`}
    `('$what', async ({ type, format, passphrase, change }) => {
      const bits = type === 'rsa' ? ['-b', '2048'] : [];
      const words = ['-q', '-t', type, ...bits, '-m', format, '-N', passphrase, '-f', 'own key'];
      await execa('ssh-keygen', words, { cwd: directory });
      await writeFile(join(directory, 'signers'), `own@site ${await publicKey('own key')}`);
      await rm(join(directory, 'own key.pub'));
      await writeFile(join(directory, 'own key'), change(await readFile(join(directory, 'own key'), 'utf8')));
      const result = await run(['--sign', '--private-key', 'own key', '--file', 'f'], { KEY_PASSPHRASE: passphrase });
      expect(result).toMatchObject({ exitCode: 0 });
      expect((await verify('--terse')).stdout).toBe('{"identity": "own@site", "namespace": "file"}');
    });

    it('or with that of another key', async () => {
      await rename(join(directory, 'locked.pub'), join(directory, 'key.pub'));
      expect(await sign()).toMatchObject({ exitCode: 0 });
    });

    it('and leaves nothing of it behind', async () => {
      const temporary = join(directory, 'tmp');
      await mkdir(temporary);
      await writeFile(join(directory, 'key'), (await readFile(join(directory, 'key'), 'utf8')).trimEnd());
      for (const key of ['key', 'f']) {
        await run(['--sign', '--private-key', key, '--file', 'f'], { TMPDIR: temporary });
      }
      expect(await readdir(directory)).toContain('f.sig');
      expect(await readdir(temporary)).toEqual([]);
    });
  });

  it.each`
    what                                      | content                                                  | mode     | stderr
    ${'that others may read'}                 | ${undefined}                                             | ${0o644} | ${'or others may read it (chmod 600)?'}
    ${'that others may read, with DOS lines'} | ${'DOS'}                                                 | ${0o644} | ${'or others may read it (chmod 600)?'}
    ${'of PuTTY'}                             | ${'PuTTY-User-Key-File-3: ssh-ed25519\n'}                | ${0o600} | ${'convert it: puttygen KEY -O private-openssh -o NEW-KEY.'}
    ${'that is the public one'}               | ${'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKPH bot@site\n'} | ${0o600} | ${'it is a public key; --private-key wants the private one.'}
    ${'that is something else'}               | ${'\n\ntext\n'}                                          | ${0o600} | ${'it is no private key.'}
  `('says what to do about a key $what', async ({ content, mode, stderr }) => {
    const key = join(directory, 'key');
    await rm(join(directory, 'key.pub'));
    const before = await readFile(key, 'utf8');
    await writeFile(key, content === 'DOS' ? before.replaceAll('\n', '\r\n') : (content ?? before));
    await chmod(key, mode);
    expect(await sign()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(stderr) });
    expect(await readdir(directory)).not.toContain('f.sig');
  });

  it.each(environments)('in a shell with $what', async ({ environment }) => {
    await rm(join(directory, 'key.pub'));
    const words = ['--sign', '--private-key', 'key', '--file', 'f'];
    expect(await run(words, environment)).toMatchObject({ exitCode: 0 });
    expect(
      (await run(['--verify', '--allowed-signers-file', 'signers', '--file', 'f', '--terse'], environment)).stdout,
    ).toContain('{"identity": "bot@site", "namespace": "file"}');
  });

  it.each`
    what                       | words                                                   | environment                    | exitCode | stderr
    ${'a missing file'}        | ${['--sign', '--private-key', 'key', '--file', 'no']}   | ${{}}                          | ${1}     | ${"the file to sign 'no' is not a file that can be read."}
    ${'a missing key'}         | ${['--sign', '--private-key', 'no', '--file', 'f']}     | ${{}}                          | ${2}     | ${"the key 'no' is not a file that can be read."}
    ${'a file that is no key'} | ${['--sign', '--private-key', 'f', '--file', 'f']}      | ${{}}                          | ${2}     | ${"'f' could not be signed with 'f'"}
    ${'a wrong passphrase'}    | ${['--sign', '--private-key', 'locked', '--file', 'f']} | ${{ KEY_PASSPHRASE: 'wrong' }} | ${2}     | ${"'f' could not be signed with 'locked': wrong passphrase"}
    ${'no passphrase'}         | ${['--sign', '--private-key', 'locked', '--file', 'f']} | ${{}}                          | ${2}     | ${"'f' could not be signed with 'locked': wrong passphrase"}
  `('$what: exit $exitCode, no signature', async ({ words, environment, exitCode, stderr }) => {
    expect(await run(words, environment)).toMatchObject({ exitCode, stderr: expect.stringContaining(stderr) });
    expect(await readdir(directory)).not.toContain('f.sig');
  });

  it.each`
    what                 | make
    ${'a signature'}     | ${(path: string) => writeFile(path, 'old')}
    ${'a dangling link'} | ${(path: string) => symlink('/nowhere', path)}
  `('does not replace $what', async ({ make }) => {
    await make(join(directory, 'f.sig'));
    expect(await sign()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("'f.sig' exists already") });
  });
});

describe('verifying', () => {
  it('tells people who signed', async () => {
    await sign();
    expect((await verify()).stdout).toBe(
      "The signature of 'f' is valid: signed by 'bot@site' for the namespace 'file'.",
    );
  });

  it('takes the signature from another file', async () => {
    await sign();
    await execa('mv', ['f.sig', 'elsewhere'], { cwd: directory });
    expect(await verify()).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("the signature 'f.sig' is not a file"),
    });
    expect(await verify('--signature-file', 'elsewhere')).toMatchObject({ exitCode: 0 });
  });

  it.each`
    what                                  | change                                                                                             | words                   | exitCode | stderr
    ${'another content'}                  | ${() => writeFile(join(directory, 'f'), 'changed')}                                                | ${[]}                   | ${3}     | ${"'f.sig' is not a valid signature of 'f'."}
    ${'a key that is not allowed'}        | ${async () => writeFile(join(directory, 'signers'), `x ${await publicKey('locked')}`)}             | ${[]}                   | ${3}     | ${"a key that is not in 'signers'"}
    ${'a namespace that is not allowed'}  | ${async () => writeFile(join(directory, 'signers'), `x namespaces="a" ${await publicKey('key')}`)} | ${[]}                   | ${3}     | ${"'f.sig'"}
    ${'another namespace than asked for'} | ${async () => undefined}                                                                           | ${['--namespace', 'a']} | ${3}     | ${"is for the namespace 'file', not for 'a'"}
    ${'a text instead of a signature'}    | ${() => writeFile(join(directory, 'f.sig'), 'text\n')}                                             | ${[]}                   | ${3}     | ${'is no signature made with an SSH key'}
    ${'an empty signature'}               | ${() => writeFile(join(directory, 'f.sig'), '')}                                                   | ${[]}                   | ${3}     | ${'is no signature made with an SSH key'}
    ${'a list that is not there'}         | ${() => rm(join(directory, 'signers'))}                                                            | ${[]}                   | ${1}     | ${"the list of allowed signers 'signers' is not a file"}
    ${'a file that is not there'}         | ${() => rm(join(directory, 'f'))}                                                                  | ${[]}                   | ${1}     | ${"the file to verify 'f' is not a file"}
  `('$what: exit $exitCode', async ({ change, words, exitCode, stderr }) => {
    await sign();
    await change();
    expect(await verify('--terse', ...words)).toMatchObject({
      exitCode,
      stdout: '',
      stderr: expect.stringContaining(stderr),
    });
  });
});

it.each`
  words                                 | stderr
  ${[]}                                 | ${'one of --sign and --verify is needed'}
  ${['--sign', '--verify']}             | ${'one of --sign and --verify, once'}
  ${['--sign', '--private-key', 'key']} | ${'--sign needs --file'}
  ${['--sign', '--file', 'f']}          | ${'--sign needs --private-key'}
  ${['--verify', '--file', 'f']}        | ${'--verify needs --allowed-signers-file'}
  ${['--sign', '--file']}               | ${'--file needs a value'}
  ${['--sing']}                         | ${"unknown argument '--sing'"}
`('wrong usage, $words: exit 9', async ({ words, stderr }) => {
  expect(await run(words)).toMatchObject({ exitCode: 9, stderr: expect.stringContaining(stderr) });
});

it('explains itself', async () => {
  expect(await run(['--help'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('--allowed-signers-file'),
  });
});
