import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type S3StandIn, s3Credentials, startS3 } from '../../stand-ins/s3.ts';
import { type S3Fault, type S3FaultProxy, startS3FaultProxy } from '../../stand-ins/s3-fault-proxy.ts';
import { readUploadProgress, readUploadReport } from '../jobs/upload-report.ts';
import { readArguments } from './read-arguments.ts';
import { uploadArtefact } from './upload-artefact.ts';

const bucket = 'staging';
const name = 'eessi-2023.06-software-linux-x86_64-amd-zen2-1700000000.tar.gz';
const legacy = `2023.06/software/linux/x86_64/amd/zen2/1700000000/${name}`;
const signScript = new URL('../../scripts/sign_verify_file_ssh.sh', import.meta.url).pathname;

let s3: S3StandIn;
let proxy: S3FaultProxy;
let directory: string;
let file: string;
let said: string[];
let warned: string[];

beforeAll(async () => {
  for (const [variable, value] of Object.entries({ ...s3Credentials, AWS_MAX_ATTEMPTS: '3' }))
    vi.stubEnv(variable, value);
});
afterAll(() => vi.unstubAllEnvs());
beforeEach(async () => {
  s3 = await startS3();
  await s3.createBucket(bucket);
  proxy = await startS3FaultProxy(s3.endpoint);
  directory = await mkdtemp(join(tmpdir(), 'upload-artefact-'));
  file = join(directory, name);
  await makeArchive(20_000);
  said = [];
  meanwhile = async () => undefined;
  warned = [];
});
afterEach(async () => {
  await proxy.close();
  await s3.close();
  await rm(directory, { recursive: true, force: true });
});

async function makeArchive(sizeBytes: number): Promise<void> {
  await writeFile(join(directory, 'content'), randomBytes(sizeBytes));
  await execa('tar', ['--create', '--gzip', `--file=${file}`, 'content'], { cwd: directory });
}

/** What happens between the checks and the upload. */
let meanwhile: () => Promise<void>;

const commit = 'c'.repeat(40);

/** As the job manager gives it. */
let provenance = '';
let more: Record<string, string> = {};

async function upload(...options: string[]): Promise<void> {
  const command = readArguments(['-n', bucket, '-e', proxy.endpoint, ...options, file]);
  if (command.kind !== 'upload') throw new Error('these options ask for no upload');
  await uploadArtefact(command.request, {
    findUploader: async () => {
      await meanwhile();
      return { username: 'bot', ip: '192.0.2.1', hostname: 'login1' };
    },
    environment: { ...process.env, SITE: 'site', BOT_BUILT_COMMIT: commit, BOT_PROVENANCE: provenance, ...more },
    say: (line) => said.push(line),
    warn: (line) => warned.push(line),
  });
}

/** toEqual compares byte by byte: a second for each MB. */
const isStored = async () => (await s3.read(bucket, legacy)).equals(await readFile(file));
const puts = () =>
  proxy.requests
    .filter((request) => request.startsWith('PUT'))
    .map((request) => request.slice(`PUT /${bucket}/`.length));
const on = (method: string, ending: string, fault: S3Fault) => {
  proxy.decide = (request) => (request.method === method && request.path.endsWith(ending) ? fault : undefined);
};

describe('an upload that works', () => {
  it('stores the artefact, then its metadata', async () => {
    await upload('-p', '9', '-r', 'O/R', '-i', '77');
    expect(await s3.keys(bucket)).toEqual([legacy, `${legacy}.meta.txt`]);
    expect(puts()).toEqual([legacy, `${legacy}.meta.txt`]);
    const content = await readFile(file);
    expect(await s3.read(bucket, legacy)).toEqual(content);
    const modified = (await stat(file)).mtime.toUTCString();
    expect(JSON.parse((await s3.read(bucket, `${legacy}.meta.txt`)).toString())).toEqual({
      uploader: { username: 'bot', ip: '192.0.2.1', hostname: 'login1' },
      payload: {
        filename: name,
        size: String(content.length),
        ctime: expect.stringContaining(modified.slice(-12, -4)),
        sha256sum: createHash('sha256').update(content).digest('hex'),
        url: `${proxy.endpoint}/${bucket}/${legacy}`,
      },
      link2pr: { repo: 'O/R', pr: '9', pr_comment_id: '77', commit },
    });
    expect(warned).toEqual([]);
  });

  it('notes where it has stored what, with the version in a bucket that has versions', async () => {
    more = { BOT_UPLOAD_REPORT: join(directory, 'report.json') };
    on('PUT', '.tar.gz', { kind: 'name the version', id: 'v-7' });
    await upload().finally(() => {
      more = {};
    });
    expect(await readUploadReport(join(directory, 'report.json'))).toEqual([
      { bucket, key: legacy, versionId: 'v-7' },
      { bucket, key: `${legacy}.meta.txt` },
    ]);
    const progress = await readUploadProgress(join(directory, 'report.json'));
    expect(progress).toEqual({ version: 1, sentBytes: progress?.sizeBytes, sizeBytes: expect.any(Number) });
  });

  it('stores nothing where the file is not the one that was planned', async () => {
    more = { BOT_ARTEFACT_SHA256: 'a'.repeat(64) };
    const uploading = upload().finally(() => {
      more = {};
    });
    await expect(uploading).rejects.toThrow(`and ${'a'.repeat(64)} was to be uploaded`);
    expect(puts()).toEqual([]);
  });

  it('with one prefix uses it for both, and says so', async () => {
    await upload('--artefact-prefix', 'x');
    expect(await s3.keys(bucket)).toEqual([`x/${name}`, `x/${name}.meta.txt`]);
    expect(warned).toEqual(["The metadata prefix is empty: the artefact prefix 'x' is used for both."]);
  });

  it('fills in the variables of prefixes', async () => {
    await upload('-a', 'new/$github_repository/$pull_request_number', '-m', '$SITE', '-r', 'O/R', '-p', '9');
    expect(await s3.keys(bucket)).toEqual([`new/O/R/9/${name}`, `site/${name}.meta.txt`]);
  });

  it.each(['when_required', 'when_supported'])('of several parts, with checksums %s', async (checksums) => {
    vi.stubEnv('AWS_REQUEST_CHECKSUM_CALCULATION', checksums);
    await makeArchive(12_000_000);
    await upload().finally(() => vi.stubEnv('AWS_REQUEST_CHECKSUM_CALCULATION', undefined));
    expect(await isStored()).toBe(true);
    expect(puts().filter((key) => key === legacy)).toHaveLength(3);
  });

  it('of more parts than are sent at once: each is where it belongs', async () => {
    await makeArchive(22_000_000);
    await upload();
    expect(await isStored()).toBe(true);
    expect(puts().filter((key) => key === legacy)).toHaveLength(5);
  });

  it.each`
    setting                         | bytes         | requests
    ${'addressing_style = path'}    | ${8_000_000}  | ${2}
    ${'multipart_threshold = 64MB'} | ${8_000_000}  | ${1}
    ${'multipart_chunksize = 8 MB'} | ${12_000_000} | ${2}
  `('of as many parts as ~/.aws/config wants: $setting: $requests', async ({ setting, bytes, requests }) => {
    await makeArchive(bytes);
    await writeFile(join(directory, 'config'), `[default]\ns3 =\n  ${setting}\n`);
    vi.stubEnv('AWS_CONFIG_FILE', join(directory, 'config'));
    await upload().finally(() => vi.stubEnv('AWS_CONFIG_FILE', undefined));
    expect(await isStored()).toBe(true);
    expect(puts().filter((key) => key === legacy)).toHaveLength(requests);
  });

  it('once more replaces what is there', async () => {
    await upload();
    await makeArchive(30_000);
    await upload();
    expect(await isStored()).toBe(true);
  });

  it.each`
    what                                | status | code
    ${'too much to do'}                 | ${503} | ${'SlowDown'}
    ${'something else is done with it'} | ${409} | ${'OperationAborted'}
  `('goes on after a failure that passes: $what', async ({ status, code }) => {
    let failures = 1;
    proxy.decide = () => (failures-- > 0 ? { kind: 'refuse', status, code } : undefined);
    await upload();
    expect(await s3.keys(bucket)).toEqual([legacy, `${legacy}.meta.txt`]);
  });
});

it('with a provenance that is none stores nothing', async () => {
  provenance = '{"buildDefinition":1}';
  const failed = upload().finally(() => {
    provenance = '';
  });
  await expect(failed).rejects.toThrow('BOT_PROVENANCE is no SLSA provenance');
  expect(proxy.requests).toEqual([]);
});

describe('a signed upload', () => {
  let key: string;
  const verify = async (path: string) => {
    const allowed = join(directory, 'allowed');
    await writeFile(allowed, `bot@site ${await readFile(`${key}.pub`, 'utf8')}`);
    const { stdout } = await execa(signScript, [
      '--verify',
      '--allowed-signers-file',
      allowed,
      '--file',
      path,
      '--terse',
    ]);
    return JSON.parse(stdout);
  };
  beforeEach(async () => {
    key = join(directory, 'key');
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret words', '-f', key]);
    vi.stubEnv('KEY_PASSPHRASE', 'secret words');
  });
  afterEach(() => vi.stubEnv('KEY_PASSPHRASE', undefined));

  it('stores each signature before what it signs, for the namespace of the instance', async () => {
    await writeFile(`${file}.sig`, 'an old one');
    await upload('-k', key, '-s', signScript, '-b', 'MY-bot');
    const keys = [`${legacy}.sig`, legacy, `${legacy}.meta.txt.sig`, `${legacy}.meta.txt`];
    expect(puts()).toEqual(keys);
    for (const [index, stored] of keys.entries()) {
      await writeFile(join(directory, ['a.sig', 'a', 'm.sig', 'm'][index] ?? ''), await s3.read(bucket, stored));
    }
    expect(await verify(join(directory, 'a'))).toEqual({ identity: 'bot@site', namespace: 'MY-bot' });
    expect(await verify(join(directory, 'm'))).toEqual({ identity: 'bot@site', namespace: 'MY-bot' });
  });

  it('stores the provenance first, about the bytes that are stored, signed as they are', async () => {
    provenance = JSON.stringify({ buildDefinition: { buildType: 'urn:b' }, runDetails: {} });
    await upload('-k', key, '-s', signScript, '-b', 'MY-bot').finally(() => {
      provenance = '';
    });
    const statement = `${legacy}.intoto.json`;
    expect(puts()).toEqual([
      ...[`${statement}.sig`, statement, `${legacy}.sig`, legacy],
      ...[`${legacy}.meta.txt.sig`, `${legacy}.meta.txt`],
    ]);
    await writeFile(join(directory, 'p'), await s3.read(bucket, statement));
    await writeFile(join(directory, 'p.sig'), await s3.read(bucket, `${statement}.sig`));
    expect(await verify(join(directory, 'p'))).toEqual({ identity: 'bot@site', namespace: 'MY-bot' });
    const sha256 = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    expect(JSON.parse((await s3.read(bucket, statement)).toString())).toMatchObject({
      subject: [{ name, digest: { sha256 } }],
      predicate: { buildDefinition: { buildType: 'urn:b' } },
    });
  });

  it('with a wrong passphrase stores nothing', async () => {
    vi.stubEnv('KEY_PASSPHRASE', 'wrong');
    await expect(upload('-k', key, '-s', signScript)).rejects.toThrow(/^Signing '.*' failed: /s);
    expect(proxy.requests).toEqual([]);
  });

  it('with a key that is not there stores nothing', async () => {
    await expect(upload('-k', `${key}.no`, '-s', signScript)).rejects.toThrow(
      `The key '${key}.no' (--sign-key) cannot be read.`,
    );
    expect(proxy.requests).toEqual([]);
  });

  it('with a script that cannot be run stores nothing', async () => {
    const script = join(directory, 'script');
    await writeFile(script, '');
    await expect(upload('-k', key, '-s', script)).rejects.toThrow(
      `'${script}' (--sign-script) is not a program that can be run.`,
    );
    expect(proxy.requests).toEqual([]);
  });

  it('with a script that signs nothing stores nothing', async () => {
    const script = join(directory, 'script');
    await writeFile(script, '#!/bin/sh\n');
    await chmod(script, 0o755);
    await expect(upload('-k', key, '-s', script)).rejects.toThrow(`/${name}.sig' does not exist.`);
    expect(proxy.requests).toEqual([]);
  });

  /** A site's script during which a job acts, before and after the file is signed. */
  async function scriptAround(before: string, after: string): Promise<string> {
    const script = join(directory, 'script');
    await writeFile(script, `#!/bin/bash\nset -e\n${before}\n'${signScript}' "$@"\n${after}\n`);
    await chmod(script, 0o755);
    return script;
  }

  it('signs what is uploaded, though the directory is another one while the script runs', async () => {
    const [job, aside] = [join(directory, 'job'), join(directory, 'aside')];
    await mkdir(job);
    await rename(file, join(job, name));
    file = join(job, name);
    const script = await scriptAround(
      `[[ -e '${aside}' ]] || { mv '${job}' '${aside}'; mkdir '${job}'; echo hostile >'${file}'; }`,
      `[[ ! -e '${aside}' ]] || { rm -r '${job}'; mv '${aside}' '${job}'; }`,
    );
    await upload('-k', key, '-s', script, '-b', 'bot');
    await writeFile(join(directory, 'a'), await s3.read(bucket, legacy));
    await writeFile(join(directory, 'a.sig'), await s3.read(bucket, `${legacy}.sig`));
    expect(await verify(join(directory, 'a'))).toMatchObject({ namespace: 'bot' });
    expect(await readdir(job)).toEqual([name]);
  });

  it.each`
    what                        | before                                       | after
    ${'another file, put back'} | ${'mv FILE FILE.before; echo hostile >FILE'} | ${'mv FILE.before FILE'}
    ${'other bytes, put back'}  | ${'cp -a FILE COPY; printf x >>FILE'}        | ${'cat COPY >FILE; touch -r COPY FILE'}
  `('stores nothing that was $what while it was signed', async ({ before, after }) => {
    const placed = (text: string) => text.replaceAll('FILE', file).replaceAll('COPY', join(directory, 'copy'));
    await expect(upload('-k', key, '-s', await scriptAround(placed(before), placed(after)))).rejects.toThrow(
      `'${file}' changed while it was read: something still writes to it.`,
    );
    expect(proxy.requests).toEqual([]);
  });

  it.each`
    what              | make                                   | why
    ${'a link'}       | ${'ln -s /etc/passwd "$5.sig"'}        | ${'is a symbolic link.'}
    ${'a pipe'}       | ${'mkfifo "$5.sig"'}                   | ${'is not a regular file.'}
    ${'one too long'} | ${'head -c 65537 /dev/zero >"$5.sig"'} | ${'is larger than 65536 bytes: it is no signature.'}
  `('takes for a signature nothing that is $what', async ({ make, why }) => {
    const script = join(directory, 'script');
    await writeFile(script, `#!/bin/sh\n${make}\n`);
    await chmod(script, 0o755);
    await expect(upload('-k', key, '-s', script)).rejects.toThrow(`/${name}.sig' ${why}`);
    expect(proxy.requests).toEqual([]);
  });

  it('shows the script no credentials of the store', async () => {
    const script = join(directory, 'script');
    await writeFile(script, '#!/bin/sh\n/usr/bin/env >"$5.sig"\n');
    await chmod(script, 0o755);
    await upload('-k', key, '-s', script);
    const seen = (await s3.read(bucket, `${legacy}.sig`)).toString();
    expect(seen).toContain('KEY_PASSPHRASE=secret words');
    expect(seen).not.toContain('AWS_');
  });
});

describe('nothing is stored', () => {
  it('of a text with the name of an archive', async () => {
    file = join(directory, 'eessi-p-software-1.tar.gz');
    await writeFile(file, 'no archive\n');
    await expect(upload()).rejects.toThrow(
      `'${file}' is no complete gzip-compressed tar archive: incorrect header check.`,
    );
    expect(proxy.requests).toEqual([]);
  });

  it('of a file with another name', async () => {
    file = join(directory, 'eessi-p-1.tar.gz');
    await expect(upload()).rejects.toThrow("holds 'compat', 'init' or 'software'");
    expect(proxy.requests).toEqual([]);
  });

  it('through a link', async () => {
    const target = file;
    file = join(directory, 'eessi-p-software-1.tar.gz');
    await symlink(target, file);
    await expect(upload()).rejects.toThrow(`'${file}' is a symbolic link.`);
    expect(proxy.requests).toEqual([]);
  });
});

describe('a store that fails', () => {
  const cannotStore = (key: string, why: string) =>
    `Could not store '${key}' in bucket '${bucket}' at ${proxy.endpoint}: ${why}`;

  it.each`
    what                                     | method    | fault                                                     | why
    ${'keeps another byte'}                  | ${'PUT'}  | ${{ kind: 'change a byte' }}                              | ${/is not what was sent: the SHA-256 [0-9a-f]{64} became [0-9a-f]{64}\.$/}
    ${'keeps one byte less'}                 | ${'PUT'}  | ${{ kind: 'lose the last byte' }}                         | ${/is not what was sent: \d+ bytes became \d+ bytes\.$/}
    ${'answers with another byte'}           | ${'GET'}  | ${{ kind: 'change a byte' }}                              | ${/is not what was sent: the SHA-256/}
    ${'refuses'}                             | ${'PUT'}  | ${{ kind: 'refuse', status: 403, code: 'AccessDenied' }}  | ${/access denied; the credentials need the permission s3:PutObject\.$/}
    ${'does not let us look'}                | ${'HEAD'} | ${{ kind: 'refuse', status: 403, code: 'AccessDenied' }}  | ${/^Could not read back .*: access denied; the credentials need the permission s3:GetObject,/}
    ${'does not let us read'}                | ${'GET'}  | ${{ kind: 'refuse', status: 403, code: 'AccessDenied' }}  | ${/^Could not read back .*: access denied; the credentials need the permission s3:GetObject,/}
    ${'is broken for longer'}                | ${'PUT'}  | ${{ kind: 'refuse', status: 500, code: 'InternalError' }} | ${/status 500 \(InternalError\): the server failed: made to fail\.$/}
    ${'cuts the connection'}                 | ${'PUT'}  | ${{ kind: 'cut' }}                                        | ${/the connection was cut\.$/}
    ${'cuts the connection while answering'} | ${'GET'}  | ${{ kind: 'cut' }}                                        | ${/the connection was cut\.$/}
  `('$what: no metadata file', async ({ method, fault, why }) => {
    on(method, '.tar.gz', fault);
    await expect(upload()).rejects.toThrow(why);
    expect(puts()).not.toContain(`${legacy}.meta.txt`);
    expect(await s3.keys(bucket)).not.toContain(`${legacy}.meta.txt`);
  });

  it('does not let us read a version: names the permission for that', async () => {
    proxy.decide = ({ method }) =>
      method === 'PUT'
        ? { kind: 'name the version', id: 'v-7' }
        : { kind: 'refuse', status: 403, code: 'AccessDenied' };
    await expect(upload()).rejects.toThrow('the credentials need the permission s3:GetObjectVersion, since');
  });

  it('refuses a part: no further one is sent, and those that it has are removed', async () => {
    await makeArchive(22_000_000);
    on('PUT', '.tar.gz', { kind: 'refuse', status: 403, code: 'AccessDenied' });
    await expect(upload()).rejects.toThrow(cannotStore(legacy, 'status 403 (AccessDenied): access denied'));
    expect(puts()).toHaveLength(4);
    expect(proxy.requests.at(-1)).toBe(`DELETE /${bucket}/${legacy}`);
  });

  it('keeps the metadata file wrongly: not uploaded', async () => {
    on('PUT', '.meta.txt', { kind: 'change a byte' });
    await expect(upload()).rejects.toThrow(`'${legacy}.meta.txt' in bucket '${bucket}' is not what was sent`);
  });

  it('has no such bucket', async () => {
    await expect(upload('-n', 'missing')).rejects.toThrow(
      /there is no such bucket; create it or correct bucket_name\.$/,
    );
  });

  it('does not run', async () => {
    await proxy.close();
    await expect(upload()).rejects.toThrow(cannotStore(legacy, 'the server cannot be reached'));
    proxy = await startS3FaultProxy(s3.endpoint);
  });
});

describe('between the checks and the upload', () => {
  it('another file of that name changes nothing', async () => {
    const content = await readFile(file);
    meanwhile = async () => {
      await writeFile(join(directory, 'other'), 'hostile');
      await rename(join(directory, 'other'), file);
    };
    await upload();
    expect(await s3.read(bucket, legacy)).toEqual(content);
  });

  it('other bytes in the file are noticed: no metadata file', async () => {
    const content = await readFile(file);
    meanwhile = () =>
      writeFile(
        file,
        content.map((byte) => byte ^ 0xff),
      );
    await expect(upload()).rejects.toThrow('is not what was sent: the SHA-256');
    expect(await s3.keys(bucket)).toEqual([legacy]);
  });

  it('a file that becomes shorter is not stored', async () => {
    meanwhile = () => writeFile(file, 'short');
    await expect(upload()).rejects.toThrow('it became shorter while it was read');
    expect(await s3.keys(bucket)).toEqual([]);
  });
});

it('leaves nothing behind', async () => {
  const before = (await readdir(tmpdir())).filter((entry) => entry.startsWith('eessi-upload-'));
  await upload();
  on('PUT', '', { kind: 'cut' });
  await expect(upload()).rejects.toThrow('the connection was cut');
  expect((await readdir(tmpdir())).filter((entry) => entry.startsWith('eessi-upload-'))).toEqual(before);
  expect((await readdir(directory)).sort()).toEqual(['content', name]);
});
