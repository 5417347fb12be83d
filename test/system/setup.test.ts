import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callersEnvironment } from '../../stand-ins/callers-environment.ts';
import type { GitHubStandIn } from '../../stand-ins/github/github-stand-in.ts';
import { startGitHub } from '../../stand-ins/github/start-github.ts';
import { writeTargetRepository } from '../../stand-ins/github/target-repository.ts';
import { type S3StandIn, s3Credentials, startS3 } from '../../stand-ins/s3.ts';
import { startSmee } from '../../stand-ins/smee.ts';
import { type RealSlurm, startSlurm } from '../slurm/start-slurm.ts';

// The first hour of an admin, in an empty directory: set up, looked at by doctor, started, the first command on a pull request.

const root = join(import.meta.dirname, '../..');
const repository = 'EESSI/software-layer';
let directory: string;
let slurmDirectory: string;
let slurm: RealSlurm;
let github: GitHubStandIn;
let s3: S3StandIn;
let environment: Record<string, string>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bot-setup-'));
  slurmDirectory = await mkdtemp(join(tmpdir(), 'bot-slurm-'));
  slurm = await startSlurm(slurmDirectory);
  github = await startGitHub({
    directory: join(directory, 'github'),
    webhookSecret: 'a-secret-of-github',
    app: { id: 123456, slug: 'my-bot', installationId: 12345678 },
    webhookUrl: () => 'http://127.0.0.1:9/', // nobody listens
  });
  s3 = await startS3();
  await s3.createBucket('eessi-staging');
  await github.createRepository({
    name: repository,
    files: (workTree) => writeTargetRepository(workTree, { buildSeconds: 0 }),
  });
  environment = {
    ...callersEnvironment(),
    ...slurm.environment,
    ...s3Credentials,
    HOME: directory,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_SERVER_URL: github.serverUrl,
  };
});
afterAll(async () => {
  await bot('stop');
  await github?.close();
  await s3?.close();
  await slurm?.stop();
  for (const each of [directory, slurmDirectory]) await rm(each, { recursive: true, force: true, maxRetries: 10 });
});

async function bot(...words: string[]): Promise<{ readonly status: number | null; readonly output: string }> {
  const child = spawn(join(root, 'bot.sh'), words, {
    cwd: directory,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      output += data;
    });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, output };
}

interface Finding {
  readonly name: string;
  readonly verdict: string;
}

const examine = async (): Promise<readonly Finding[]> => JSON.parse((await bot('doctor', '--json')).output).findings;
const failuresOf = (findings: readonly Finding[]) => findings.filter(({ verdict }) => verdict === 'failure');
const setup = (...words: string[]) =>
  bot('setup', '--name', 'my-bot', '--permission', 'alice', '--endpoint', s3.endpoint, ...words);
const secret = (name: string) => join(directory, '.config/bot', name);

it('says all that is missing where nobody can be asked', async () => {
  const { status, output } = await bot('setup', '--receive', 'mail');
  expect(status).toBe(2);
  expect(output).toContain('error: --permission <logins> is missing');
  expect(output).toContain('error: --receive mail has to be pull, smee or an https address');
});

it('prints an address to register the App, and writes the same as a page', async () => {
  const { status, output } = await setup();
  expect(status).toBe(1);
  const [, encoded = ''] = /^data:text\/html;base64,(\S+)$/m.exec(output) ?? [];
  const page = Buffer.from(encoded, 'base64').toString();
  expect(page).toContain(`${github.serverUrl}/settings/apps/new`);
  expect(await readFile(secret('register-my-bot.html'), 'utf8')).toBe(page);
  expect(output).toContain('run setup again with --code');
});

it('makes a channel of its own where a relay is wanted, keeps it, and has the event handler hear it', async () => {
  const smee = await startSmee();
  const others = join(directory, 'other');
  const withRelay = (...words: string[]) => setup('--secrets', others, '--receive', ...words);
  const { output } = await withRelay('smee', '--smee-server', smee.address);
  const [, channel = ''] = /^GitHub sends deliveries to (http\S+)\.$/m.exec(output) ?? [];
  expect(channel).toMatch(new RegExp(`^${smee.address}/[\\w-]{16}$`));
  expect((await withRelay('smee', '--smee-server', smee.address)).output).toContain(`deliveries to ${channel}.`);
  github.setInstallation('removed');
  await withRelay('smee', '--code', github.registerApp());
  expect(await readFile(join(others, 'event_handler.env'), 'utf8')).toMatch(
    new RegExp(`^GITHUB_APP_SECRET_TOKEN=.+\nSMEE_URL=${channel}\n$`),
  );
  github.setInstallation('active');
  await smee.close();
});

it.each([
  { code: 'nonsense', says: /there is no code in nonsense; paste the whole address/ },
  {
    code: 'http://localhost/x?code=0123456789abcdef',
    says: /GitHub does not know this code: it is good for one hour, and once/,
  },
])('says why a code is not taken: $code', async ({ code, says }) => {
  const { status, output } = await setup('--code', code);
  expect(status).toBe(2);
  expect(output).toMatch(says);
});

it('takes the code, and writes what the daemons need; nobody else can read the secrets', async () => {
  github.setInstallation('removed');
  const code = github.registerApp();
  github.changeApp({ hook: { url: 'https://bot.invalid/', contentType: 'json', hasSecret: true } }); // as the manifest has it
  const begun = await setup('--code', `http://localhost/copy-the-code-in-this-address?code=${code}`);
  expect(begun.status).toBe(1);
  expect(begun.output).toContain('Registered: the App my-bot, number 123456.');
  expect(begun.output).toMatch(/Install the App on the repositories .*\/installations\/new/);
  github.setInstallation('active');
  const { output } = await setup(); // goes on without the code, which is used up
  expect(output).toContain('number 12345678.');
  expect(output).toContain(`Written: ${join(directory, 'app.cfg')}`);
  for (const name of ['my-bot.private-key.pem', 'event_handler.env'])
    expect((await stat(secret(name))).mode & 0o777).toBe(0o600);
  expect(await readFile(secret('my-bot.private-key.pem'), 'utf8')).toBe(github.privateKeyPem);
  Object.assign(environment, parseEnv(await readFile(secret('event_handler.env'), 'utf8')));
});

it('replaces no file: it shows what it would write', async () => {
  const before = await readFile(join(directory, 'app.cfg'), 'utf8');
  const { output } = await setup('--bucket', 'another');
  expect(output).toContain(`${join(directory, 'app.cfg')} is there already, and stays.`);
  expect(output).toMatch(/^-bucket_name = eessi-staging\n\+bucket_name = another$/m);
  expect(await readFile(join(directory, 'app.cfg'), 'utf8')).toBe(before);
});

it('is well, as doctor sees it', async () => {
  const { output } = await bot('check');
  expect(output).toContain('Configuration check: PASSED');
  const findings = await examine();
  expect(failuresOf(findings)).toEqual([]);
  const well = findings.filter(({ verdict }) => verdict === 'ok').map(({ name }) => name);
  expect(well).toEqual(expect.arrayContaining(['Slurm/sbatch', 'GitHub/installation', 'machine/git']));
});

it('starts, and builds what is commanded', async () => {
  const appCfg = await readFile(join(directory, 'app.cfg'), 'utf8');
  await writeFile(join(directory, 'app.cfg'), appCfg.replace('poll_interval = 60', 'poll_interval = 1'));
  const started = await bot('start', '--event-handler-opts', '--pull 1');
  expect(started.output).toMatch(/Started: the event handler/);
  const number = await github.openPullRequest(repository, { branch: 'zlib', user: 'dave', commits: [] });
  await github.comment(repository, number, 'alice', 'bot: build repo:eessi.io-2023.06 for:arch=x86_64/generic');
  const job = await github.nextComment(({ body }) => body.includes('|submitted|'));
  await github.waitFor('the end of the job', () =>
    github.comments(repository, number).some(({ id, body }) => id === job.id && body.includes('|finished|')),
  );
  expect((await bot('status')).output).toContain('All is fine.');
  expect(failuresOf(await examine())).toEqual([]);
  expect((await bot('stop')).status).toBe(0);
});
