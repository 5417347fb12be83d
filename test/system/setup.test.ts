import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { callersEnvironment } from '../../stand-ins/callers-environment.ts';
import type { GitHubStandIn } from '../../stand-ins/github/github-stand-in.ts';
import { startGitHub } from '../../stand-ins/github/start-github.ts';
import { pullRequestCommits, writeTargetRepository } from '../../stand-ins/github/target-repository.ts';
import { type S3StandIn, s3Credentials, startS3 } from '../../stand-ins/s3.ts';
import { startSmee } from '../../stand-ins/smee.ts';
import { type RealSlurm, startSlurm } from '../slurm/start-slurm.ts';
import { ProgramServer } from './program-server.ts';
import { type RunningUnit, startUnit } from './start-unit.ts';

// The first hour of an admin, in an empty directory: set up, looked at by doctor, started, the first command on a pull request, the first
// label, the first upgrade.

const repository = 'EESSI/software-layer';
let directory: string;
let program: ProgramServer;
let slurmDirectory: string;
let slurm: RealSlurm;
let github: GitHubStandIn;
let s3: S3StandIn;
let environment: Record<string, string>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bot-setup-'));
  program = await ProgramServer.make(directory);
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
  if (environment !== undefined) await bot('stop');
  await github?.close();
  await s3?.close();
  await slurm?.stop();
  for (const each of [directory, slurmDirectory]) await rm(each, { recursive: true, force: true, maxRetries: 10 });
});

async function bot(...words: string[]): Promise<{ readonly status: number | null; readonly output: string }> {
  const child = spawn(join(program.clone, 'bot.sh'), words, {
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
const unit = (name: string) => join(directory, '.config/systemd/user', name);
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
  const [, form = ''] = /^data:text\/html,(.+)$/m.exec(output) ?? [];
  expect(form).toContain(`${github.serverUrl}/settings/apps/new`);
  expect(output).toContain(`:${secret('register-my-bot.html')} .`);
  expect(await readFile(secret('register-my-bot.html'), 'utf8')).toContain(`\n${form}\n`);
  expect(output).toContain('run setup again with the same options, and --code');
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
  { code: 'nonsense', says: /nonsense has no code in it; paste the whole address/ },
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
  for (const name of ['my-bot.private-key.pem', 'event_handler.env', 'job_manager.env'])
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

it('writes units for this clone, and says what enables them', async () => {
  const { output } = await setup('--units', 'yes');
  const names = ['bot@event_handler.service', 'bot@job_manager.service'];
  for (const name of names) expect(output).toContain(`Written: ${unit(name)}`);
  expect(output).toContain('systemctl --user enable --now bot@event_handler bot@job_manager');
  expect(output).toContain('loginctl enable-linger');
  const text = await readFile(unit('bot@event_handler.service'), 'utf8');
  expect(text).toContain('ExecStart=%h/program/event_handler.sh --pull 30');
  expect(text).not.toContain(environment['GITHUB_APP_SECRET_TOKEN']);
  await writeFile(
    unit('bot@job_manager.service'),
    `# mine\n${await readFile(unit('bot@job_manager.service'), 'utf8')}`,
  );
  const again = await setup('--units', 'yes');
  expect(again.output).toContain(`${unit('bot@event_handler.service')} is as setup would write it.`);
  expect(again.output).toMatch(/bot@job_manager\.service is there already, and stays\..*\n-# mine$/m);
});

it('is well, as doctor sees it', async () => {
  const { output } = await bot('check');
  expect(output).toContain('Configuration check: PASSED');
  const findings = await examine();
  expect(failuresOf(findings)).toEqual([]);
  const well = findings.filter(({ verdict }) => verdict === 'ok').map(({ name }) => name);
  expect(well).toEqual(expect.arrayContaining(['Slurm/sbatch', 'GitHub/installation', 'machine/git']));
});

it('starts as units, builds what is commanded, and uploads it', async () => {
  const appCfg = await readFile(join(directory, 'app.cfg'), 'utf8');
  await writeFile(join(directory, 'app.cfg'), appCfg.replace('poll_interval = 60', 'poll_interval = 1'));
  await writeFile(
    secret('job_manager.env'),
    Object.entries(s3Credentials)
      .map((pair) => `${pair.join('=')}\n`)
      .join(''),
  );
  const units = await startUnits();
  const number = await github.openPullRequest(repository, {
    branch: 'zlib',
    user: 'dave',
    commits: pullRequestCommits,
  });
  await github.comment(repository, number, 'alice', 'bot: build repo:eessi.io-2023.06 for:arch=x86_64/generic');
  // Both partitions of this Slurm have such nodes.
  const jobs = () => github.comments(repository, number).filter(({ body }) => body.includes('|submitted|'));
  const show = (state: string) => jobs().filter(({ body }) => body.includes(`|${state}|`)).length;
  await github.waitFor('the end of both jobs', () => show('finished') === 2);
  await github.setLabel(repository, number, 'alice', 'bot:deploy');
  await github.waitFor('the upload of the one that counts', () => show('uploaded') === 1 && show('not uploaded') === 1);
  expect(await s3.keys('eessi-staging')).toHaveLength(2);
  await allIsFine();
  await expectOneSpelling(number);
  await stopAll(units);
});

it('is upgraded while nothing runs, and goes on with the version after it', async () => {
  await program.release('1.1.0');
  const { status, output } = await bot('upgrade');
  expect(output).toMatch(/^This is main now; no daemon ran, and none was started\. /m);
  expect(status).toBe(0);
  const units = await startUnits();
  await allIsFine();
  expect((await bot('--version')).output.trim()).toBe('1.1.0');
  await stopAll(units);
});

async function startUnits(): Promise<readonly RunningUnit[]> {
  const ofSystemd = { home: directory, environment: callersEnvironment() };
  const instead = { ExecStart: `${join(program.clone, 'event_handler.sh')} --pull 1` };
  const units = [
    await startUnit(unit('bot@event_handler.service'), { ...ofSystemd, instead }),
    await startUnit(unit('bot@job_manager.service'), ofSystemd),
  ];
  onTestFinished(async () => {
    for (const each of units) await each.stop(); // where the test has failed
  });
  for (const each of units) await each.waitUntil(({ state }) => state === 'active');
  return units;
}

async function allIsFine(): Promise<void> {
  // A comparison may just have found a connection closed: the next one is a second later.
  while (!(await bot('status')).output.includes('All is fine.'));
  expect(failuresOf(await examine())).toEqual([]);
}

async function stopAll(units: readonly RunningUnit[]): Promise<void> {
  for (const each of units) await each.stop();
  expect(units.map(({ results }) => results)).toEqual([['success'], ['success']]);
}

/** Both logs name the pull request in one way, and have what pino-pretty needs: level, time and msg. */
async function expectOneSpelling(pullRequest: number): Promise<void> {
  for (const log of ['event_handler.log', 'job_manager.log']) {
    const lines = (await readFile(join(directory, log), 'utf8')).trimEnd().split('\n');
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const { level, time, msg, ...facts } of parsed) {
      expect([10, 20, 30, 40, 50, 60]).toContain(level);
      expect(Date.parse(String(time))).not.toBeNaN();
      expect(msg).toMatch(/./);
      for (const other of ['pullRequest', 'pull_request', 'pull']) expect(facts).not.toHaveProperty(other);
    }
    const spellings = new Set(parsed.flatMap(({ pr }) => (pr === undefined ? [] : [pr])));
    expect(spellings).toEqual(new Set([`${repository.toLowerCase()}#${pullRequest}`]));
  }
}
