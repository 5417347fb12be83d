import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type S3StandIn, s3Credentials, startS3 } from '../../stand-ins/s3.ts';
import { type S3OverTls, startTls } from '../../stand-ins/s3-tls.ts';

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
      expect.stringMatching(/^checked .*: tar archive, 1 entry, \d+ bytes, SHA-256 [0-9a-f]{64}$/),
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
    ${'missing file'}   | ${['eessi-p-init-1.tar']} | ${65}    | ${/^$/}              | ${/^'eessi-p-init-1.tar' does not exist\.$/}
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

describe('a store with a CA of the site', () => {
  let tls: S3OverTls;
  beforeEach(async () => {
    tls = await startTls(s3.endpoint);
    await mkdir(join(directory, '.aws'));
  });
  afterEach(() => tls.close());
  const stored = `p/software/1/${name}`;
  const keys = `[stand-ins]\naws_access_key_id = a\naws_secret_access_key = b\n`;

  it.each`
    what                                        | environment                                                                       | config
    ${'AWS_CA_BUNDLE'}                          | ${{ AWS_ENDPOINT_URL_S3: 'TLS', AWS_CA_BUNDLE: 'CA' }}                            | ${''}
    ${'AWS_ENDPOINT_URL, REQUESTS_CA_BUNDLE'}   | ${{ AWS_ENDPOINT_URL: 'TLS', REQUESTS_CA_BUNDLE: 'CA' }}                          | ${''}
    ${'NODE_EXTRA_CA_CERTS'}                    | ${{ AWS_ENDPOINT_URL: 'TLS', NODE_EXTRA_CA_CERTS: 'CA' }}                         | ${''}
    ${'NODE_EXTRA_CA_CERTS beside a bundle'}    | ${{ AWS_ENDPOINT_URL: 'TLS', NODE_EXTRA_CA_CERTS: 'CA', AWS_CA_BUNDLE: 'OTHER' }} | ${''}
    ${'the CAs of the machine (SSL_CERT_FILE)'} | ${{ AWS_ENDPOINT_URL: 'TLS', SSL_CERT_FILE: 'CA' }}                               | ${''}
    ${'~/.aws/config'}                          | ${{}}                                                                             | ${'[default]\nendpoint_url = TLS\nca_bundle = CA\n'}
    ${'a profile'}                              | ${{ AWS_PROFILE: 'prod' }}                                                        | ${'[default]\nendpoint_url = http://127.0.0.1:9\nca_bundle = /none\n[profile prod]\nendpoint_url = TLS\nca_bundle = CA\n'}
    ${'a profile with keys, and its service'}   | ${{ AWS_PROFILE: 'stand-ins', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }} | ${'[profile stand-ins]\nservices = site\nca_bundle = CA\n[services site]\ns3 =\n  endpoint_url = TLS\n'}
    ${'AWS_CONFIG_FILE'}                        | ${{ AWS_CONFIG_FILE: '~/.aws/other' }}                                            | ${'[default]\nendpoint_url = TLS\nca_bundle = CA\n'}
  `('is found and trusted: $what', async ({ environment, config }) => {
    const placed = (text: string) =>
      text
        .replace('TLS', tls.endpoint)
        .replace('OTHER', '/etc/ssl/certs/ca-certificates.crt')
        .replace(/\bCA\b/, tls.caFile);
    const file = environment.AWS_CONFIG_FILE === undefined ? 'config' : 'other';
    await writeFile(join(directory, '.aws', file), placed(config));
    await writeFile(join(directory, '.aws/credentials'), keys);
    const variables = Object.entries<string>(environment).map(([key, value]) => [key, placed(value)]);
    const { exitCode, stdout, stderr } = await run([name], Object.fromEntries(variables));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(`uploaded artefact to ${tls.endpoint}/eessi-staging/${stored}`);
    const metadata = JSON.parse((await s3.read('eessi-staging', `${stored}.meta.txt`)).toString());
    expect(metadata.payload.url).toBe(`${tls.endpoint}/eessi-staging/${stored}`);
  });

  it.each`
    what                         | environment                                                | stderr
    ${'unknown'}                 | ${{}}                                                      | ${/at https:\S+: no CA that is known here has signed the server's certificate \(.*\); write the file with the CA's certificate to AWS_CA_BUNDLE/}
    ${'in a file not there'}     | ${{ AWS_CA_BUNDLE: '/none.pem' }}                          | ${/^The CA bundle '\/none.pem' \(AWS_CA_BUNDLE\) cannot be read: ENOENT.*Correct the path/}
    ${'in a file of other kind'} | ${{ AWS_CA_BUNDLE: '/etc/hostname' }}                      | ${/^The CA bundle '\/etc\/hostname' \(AWS_CA_BUNDLE\) holds no certificate/}
    ${'with another bundle'}     | ${{ AWS_CA_BUNDLE: '/etc/ssl/certs/ca-certificates.crt' }} | ${/no CA that is known here/}
  `('is refused, with what to set: $what', async ({ environment, stderr }) => {
    const result = await run(['-e', tls.endpoint, name], environment);
    expect(result).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(stderr) });
    expect(await s3.keys('eessi-staging')).toEqual([]);
  });

  it('whose certificate is for another name is refused', async () => {
    const other = await startTls(s3.endpoint, 'DNS:s3.example.org');
    const { stderr } = await run(['-e', other.endpoint, name], { AWS_CA_BUNDLE: other.caFile });
    await other.close();
    expect(stderr).toMatch(/the server's certificate is for other names \(.*\); correct endpoint_url\.$/);
  });

  it.each`
    what                     | address                                          | stderr
    ${'https to plain HTTP'} | ${() => s3.endpoint.replace('http:', 'https:')}  | ${/the server does not speak TLS; let endpoint_url begin with http:\/\/\.$/}
    ${'http to TLS'}         | ${() => tls.endpoint.replace('https:', 'http:')} | ${/(what the server says is not HTTP; if it speaks TLS, let endpoint_url begin with https:\/\/|the connection was cut)\.$/}
  `('is told from another protocol: $what', async ({ address, stderr }) => {
    const environment = { AWS_CA_BUNDLE: tls.caFile, AWS_MAX_ATTEMPTS: '1' };
    const result = await run(['-e', address(), name], environment);
    expect(result).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(stderr) });
  });

  it.each`
    what        | answer                                                  | exitCode | stderr
    ${'passes'} | ${undefined}                                            | ${0}     | ${/^$/}
    ${'403'}    | ${'HTTP/1.1 403 Forbidden\r\n\r\n'}                     | ${1}     | ${/the proxy makes no connection to the server \(.*403.*\); correct HTTPS_PROXY, or name the server in NO_PROXY\.$/}
    ${'407'}    | ${'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'} | ${1}     | ${/the proxy makes no connection to the server \(.*407.*\); correct HTTPS_PROXY/}
  `('is reached through HTTPS_PROXY: $what', async ({ answer, exitCode, stderr }) => {
    const proxy = createServer().on('connect', ({ url = '' }, client) => {
      asked.push(url);
      if (answer !== undefined) return client.end(answer);
      const store = connect(Number(url.split(':')[1]), '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
      return void pipeline(client, store, client).catch(() => store.destroy());
    });
    const asked: string[] = [];
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    const { port } = proxy.address() as AddressInfo;
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: '', AWS_CA_BUNDLE: tls.caFile };
    const result = await run(['-e', tls.endpoint, name], environment);
    proxy.close();
    expect(result).toMatchObject({ exitCode, stderr: expect.stringMatching(stderr) });
    expect(asked).toContain(new URL(tls.endpoint).host);
  });

  it('that a variable names wrongly is refused, with the name of the variable', async () => {
    const { exitCode, stderr } = await run([name], { AWS_ENDPOINT_URL_S3: 'URL_TO_S3_SERVER' });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: "AWS_ENDPOINT_URL_S3 'URL_TO_S3_SERVER' is no address: it begins with http:// or https://.",
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
    for (const name of ['eessi-upload-to-staging', 'run-program.sh', 'find-node.sh'])
      await execa('cp', [`${root}scripts/${name}`, 'scripts'], { cwd: directory });
    await writeFile(join(directory, 'package-lock.json'), '{}'); // as in a clone
    await writeFile(join(directory, 'node_modules/.package-lock.json'), '{}'); // all packages are there
    const result = await run(['-l'], await fakeNode('v20.20.2'), join(directory, 'scripts/eessi-upload-to-staging'));
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toMatch(/^error: Node\.js 22\.18 or newer is needed: [^\n]*$/);
  });
});
