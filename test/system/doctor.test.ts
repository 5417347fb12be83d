import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import type { DaemonName } from '../../src/admin/daemons/daemon-names.ts';
import { findHolder } from '../../src/admin/daemons/find-holder.ts';
import { lookAtDaemonProcess } from '../../src/admin/daemons/look-at-process.ts';
import { examine } from '../../src/admin/doctor/examine.ts';
import type { Finding } from '../../src/admin/doctor/finding.ts';
import type { DoctorTools } from '../../src/admin/doctor/tools.ts';
import { startOfProcess } from '../../src/daemon/lease-file.ts';
import { gitHubWebhooks } from '../../src/outside/forge/github/github-webhooks.ts';
import { octokitAppView } from '../../src/outside/forge/github/octokit-app-view.ts';
import { checkGit } from '../../src/outside/git/check-git-version.ts';
import { environmentsOf } from '../../src/outside/processes/child-environment.ts';
import { runProgram } from '../../src/outside/processes/run-program.ts';
import { smeeRelay } from '../../src/outside/relay/smee-relay.ts';
import { slurmCommands } from '../../src/outside/slurm/slurm-commands.ts';
import { slurmOptionsOf } from '../../src/outside/slurm/slurm-options-of.ts';
import { findPlaces } from '../../src/settings/find-places.ts';
import { startTls } from '../../stand-ins/s3-tls.ts';
import { freePorts } from '../slurm/free-ports.ts';
import { type RealSlurm, startSlurm } from '../slurm/start-slurm.ts';
import { withSetting } from './cases-site.ts';
import { makeSite, repository, type Site, webhookSecret } from './site.ts';

// A site on which all is well. Each row changes one thing, and doctor names that.

let slurm: RealSlurm;
let slurmDir: string;
let site: Site;
let parts: string;
/** Where GitHub sends to; undefined: it is taken, by nobody. */
let webhookUrl: string | undefined;
const processes: ChildProcess[] = [];

beforeAll(async () => {
  slurmDir = await mkdtemp(join(tmpdir(), 'bot-slurm-'));
  slurm = await startSlurm(slurmDir);
  parts = await mkdtemp(join(tmpdir(), 'bot-doctor-'));
  site = await makeSite({
    slurm: slurm.environment,
    app: { id: 4711, installationId: 8150 },
    webhooks: { webhookUrl: () => webhookUrl },
    edit: (appCfg) =>
      [
        ['github.app_id', '4711'],
        ['github.app_name', 'bot-a'],
        ['github.installation_id', '8150'],
        ['buildenv.job_account', userInfo().username],
      ].reduce((text, [name = '', value]) => withSetting(text, name, value), appCfg),
  });
  await packBundle();
  await chmod(join(site.directory, 'private-key.pem'), 0o600);
  await site.github.openPullRequest(repository, { branch: 'zlib', user: 'dave', commits: [] });
});
afterAll(async () => {
  for (const each of processes) each.kill('SIGKILL');
  await site?.run('bot.sh', 'stop');
  await site?.close();
  await slurm?.stop();
  for (const directory of [slurmDir, parts]) await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

/** What one row changes. */
interface Change {
  /** `section.key` -> value; undefined takes it out. DIR: the directory of the site, ROW: one of the row's own. */
  readonly settings?: Readonly<Record<string, string | undefined>>;
  /** The text of app.cfg. */
  readonly edit?: (text: string) => string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly host?: string;
  readonly port?: number;
  readonly mayUpload?: boolean;
  readonly mayPing?: boolean;
  /** Done before doctor runs; what it gives back is done after it. */
  readonly before?: (row: string) => unknown;
}

let rows = 0;
/** Of this process: several runs go side by side. */
const memoryDir = `/dev/shm/bot-doctor-${process.pid}`;

/** Runs doctor where one thing is as the row says: what is not well. */
const doctor = async (change: Change): Promise<readonly Finding[]> =>
  (await allFindings(change)).filter(({ verdict }) => verdict === 'failure' || verdict === 'warning');

async function allFindings(change: Change): Promise<readonly Finding[]> {
  const row = join(parts, String(++rows));
  await mkdir(row);
  const after = (await change.before?.(row)) as (() => unknown) | undefined;
  const filled = (text: string) => text.replaceAll('DIR', site.directory).replaceAll('ROW', row);
  const settings = { 'job_manager.log_path': 'ROW/jm.log', 'bot_control.state_dir': 'ROW/state', ...change.settings };
  const plain = Object.entries(settings).reduce(
    (text, [name, value]) => withSetting(text, name, value === undefined ? undefined : filled(value)),
    await readFile(join(site.directory, 'app.cfg'), 'utf8'),
  );
  await writeFile(join(row, 'app.cfg'), change.edit?.(plain) ?? plain);
  const given = { GITHUB_APP_SECRET_TOKEN: webhookSecret, HOME: row, ...change.environment };
  const environment: Record<string, string> = { ...site.environment };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) delete environment[name];
    else environment[name] = filled(value);
  }
  const [free = 0] = await freePorts(1);
  const port = change.port ?? free;
  try {
    return await examine(toolsOf(row, environment, { port, ...change }));
  } finally {
    if (typeof after === 'function') await after();
  }
}

function toolsOf(row: string, environment: Record<string, string>, given: Change & { port: number }): DoctorTools {
  const environments = environmentsOf(environment);
  return {
    appCfgPath: join(row, 'app.cfg'),
    environment,
    environments,
    workingDirectory: row,
    host: given.host ?? '127.0.0.1',
    port: given.port,
    mayUpload: given.mayUpload ?? false,
    mayPing: given.mayPing ?? false,
    runProgram,
    checkGit: (git) => checkGit(runProgram, git),
    webhooks: gitHubWebhooks,
    openRelay: (address) => smeeRelay(address, gitHubWebhooks),
    slurmMilliseconds: 10_000,
    slurmOf: (settings, children) =>
      slurmCommands({ ...slurmOptionsOf(settings, children), timeoutMilliseconds: 10_000 }),
    gitHubOf: async ({ github }) => {
      const privateKey = await readFile(github.privateKeyPath, 'utf8');
      return octokitAppView({ ...github, privateKey }, 15_000);
    },
  };
}

/** A program in the row's directory; `PATH` begins with it. */
const program = (name: string, text: string) => async (row: string) => {
  await mkdir(join(row, 'bin'));
  await writeFile(join(row, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
};
const slurmWith = (name: string, text: string): Change => ({
  before: program(name, text),
  environment: { PATH: `ROW/bin:${process.env['PATH']}` },
});
const nodeTypes = (parameters: string) => `{ "cpu_zen2": { "os": "linux", "cpu_subdir": "x86_64/amd/zen2",
    "slurm_params": "${parameters}", "repo_targets": ["eessi.io-2023.06"] } }`;
const app = (changes: Parameters<Site['github']['changeApp']>[0]) => () => {
  site.github.changeApp(changes);
  return () =>
    site.github.changeApp({
      permissions: { contents: 'read', issues: 'write', metadata: 'read', pull_requests: 'write' },
      events: ['check_run', 'check_suite', 'issue_comment', 'pull_request'],
      hook: { url: 'https://smee.example/channel', contentType: 'json', hasSecret: true },
    });
};
const hook = (changes: object) =>
  app({ hook: { url: 'https://smee.example/channel', contentType: 'json', hasSecret: true, ...changes } });
const installation = (state: 'suspended' | 'removed') => () => {
  site.github.setInstallation(state);
  return () => site.github.setInstallation('active');
};
const key =
  (text: string, mode = 0o600) =>
  async (row: string) => {
    await writeFile(join(row, 'key.pem'), text, { mode });
    await chmod(join(row, 'key.pem'), mode);
  };
const rsa = () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const ec = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const file = (name: string, text: string) => async (row: string) => {
  await writeFile(join(row, name), text);
};

it('says that all is well where it is', async () => {
  expect(await doctor({ mayUpload: true })).toEqual([]);
});

/** The options of the daemon that runs, but for `--config app.cfg`. */
async function wordsOf(name: DaemonName): Promise<readonly string[] | undefined> {
  const places = await findPlaces('app.cfg', site.environment, site.directory);
  const holding = await findHolder(places?.stateDir ?? '', name);
  return holding.kind === 'here' ? (await lookAtDaemonProcess(holding.pid))?.words.slice(2) : undefined;
}

it('starts both daemons, which outlive their terminal, shows their logs, restarts and ends them', async () => {
  const bot = (...words: string[]) => site.run('bot.sh', ...words);
  const eventHandlerOpts = ['--event-handler-opts', '-p 0'];
  expect(await bot('start', ...eventHandlerOpts)).toMatchObject({ status: 0 });
  const again = await bot('start', 'job_manager');
  expect(again).toMatchObject({ status: 1 });
  expect(again.output).toMatch(
    /^error: the job manager runs already, as process \d+, since .*; to end it, run: \.\/bot\.sh stop job_manager; no second one was started$/m,
  );
  const examined = await bot('doctor', '--json');
  const { ok, findings } = JSON.parse(examined.output.slice(examined.output.indexOf('{'))) as {
    ok: boolean;
    findings: Finding[];
  };
  expect(findings.filter(({ verdict }) => verdict === 'failure')).toEqual([]);
  expect(ok).toBe(true);
  expect(findings.filter(({ name }) => name.startsWith('state/'))).toMatchObject([
    { name: 'state/event_handler', verdict: 'ok' },
    { name: 'state/job_manager', verdict: 'ok' },
  ]);
  expect((await bot('logs', '-n', '200')).output).toMatch(/^event_handler \[.*\n(.*\n)*job_manager {3}\[/m);
  const broken = withSetting(await readFile(join(site.directory, 'app.cfg'), 'utf8'), 'job_manager.poll_interval', 'x');
  await writeFile(join(site.directory, 'broken.cfg'), broken);
  expect(await bot('logs', '-n', '1', '--config', 'broken.cfg')).toMatchObject({ status: 0 });
  expect(await bot('restart', 'event_handler', ...eventHandlerOpts)).toMatchObject({ status: 0 });
  const kept = await bot('restart', 'event_handler');
  expect(kept).toMatchObject({ status: 0 });
  expect(kept.output).toMatch(/^The event handler keeps its options: -p 0 /m);
  expect(await wordsOf('event_handler')).toEqual(['-p', '0']);
  expect(await bot('restart', 'event_handler', '--event-handler-opts', '-p 0 -d')).toMatchObject({ status: 0 });
  expect(await wordsOf('event_handler')).toEqual(['-p', '0', '-d']);
  expect(await bot('stop')).toMatchObject({
    status: 0,
    output: expect.stringMatching(/^Stopped: the event handler .*\n(.*\n)*Stopped: the job manager/m),
  });
  expect(await bot('stop')).toEqual({
    status: 0,
    output: 'The event handler does not run.\nThe job manager does not run.\n',
  });
  const fresh = await bot('restart', 'job_manager');
  expect(fresh).toMatchObject({ status: 0 });
  expect(fresh.output).toMatch(
    /^The job manager does not run: it is started without options, since .* \(to give some: --job-manager-opts\)$/m,
  );
  expect(await bot('stop', 'job_manager')).toMatchObject({ status: 0 });
  const failed = await bot('start', 'event_handler', '--event-handler-opts', '--nonsense');
  expect(failed).toMatchObject({ status: 2, output: expect.stringContaining("error: unknown option '--nonsense'") });
});

it('says of each daemon whether it was started', async () => {
  const row = join(parts, 'start');
  await mkdir(row);
  const appCfg = await readFile(join(site.directory, 'app.cfg'), 'utf8');
  await writeFile(join(row, 'app.cfg'), withSetting(appCfg, 'bot_control.state_dir', join(row, 'state')));
  const bot = (...words: string[]) =>
    execa(join(import.meta.dirname, '../../bot.sh'), [...words, '--config', join(row, 'app.cfg')], {
      cwd: site.directory,
      env: { ...site.environment, GITHUB_APP_SECRET_TOKEN: '' },
      extendEnv: false,
      reject: false,
      all: true,
    });
  onTestFinished(async () => void (await bot('stop')));
  const first = await bot('start');
  expect(first.exitCode).toBe(2);
  expect(first.all).toMatch(
    /to set it: export GITHUB_APP_SECRET_TOKEN=VALUE; or, .*: set -a; \. FILE; set \+a; or .* --event-handler-opts '--pull 30'$/m,
  );
  expect(first.all).toMatch(/^Configuration check: FAILED \(1 problem\)\nNothing was started\.$/m);
  const half = await bot('start', '--event-handler-opts', '--cron --nonsense');
  expect(half.exitCode).toBe(2);
  expect(half.all).toMatch(/^error: the event handler was not started: it has ended \(exit status 2\)/m);
  expect(half.all).toMatch(/^Started: the job manager is process/m);
  const second = await bot('start', '--event-handler-opts', '--pull 30');
  expect(second.exitCode).toBe(1);
  expect(second.all).toMatch(/^Started: the event handler /m);
  expect(second.all).not.toContain('nothing was');
  const { findings } = JSON.parse((await bot('doctor', '--json')).stdout) as { findings: Finding[] };
  const seen = findings.filter(({ name }) => ['environment/webhook-secret', 'webhook/port'].includes(name));
  expect(seen.map((finding) => finding.seen)).toEqual([
    'not needed: the event handler asks GitHub itself',
    'the event handler asks GitHub itself, and opens no port',
  ]);
  expect((await bot('stop')).exitCode).toBe(0);
});

it('restarts the one daemon where the other cannot be, also without its terminal, and none whose options cannot be read', async () => {
  const row = join(parts, 'restart');
  await mkdir(row);
  const appCfg = await readFile(join(site.directory, 'app.cfg'), 'utf8');
  await writeFile(join(row, 'app.cfg'), withSetting(appCfg, 'bot_control.state_dir', join(row, 'state')));
  const bot = (...words: string[]) => site.run('bot.sh', ...words, '--config', join(row, 'app.cfg'));
  onTestFinished(async () => void (await bot('stop', 'event_handler')));
  await writeLease(row, 'job manager', '1', 1, 'elsewhere');
  expect(await bot('start', 'event_handler', '--event-handler-opts', '-p 0')).toMatchObject({ status: 0 });
  const restarted = await bot('restart');
  expect(restarted).toMatchObject({ status: 1 });
  expect(restarted.output).toMatch(/^error: the job manager runs on elsewhere, /m);
  expect(restarted.output).toMatch(/^Started: the event handler /m);
  const shell = { ...site.environment, GITHUB_APP_SECRET_TOKEN: '' };
  const program = join(import.meta.dirname, '../../bot.sh');
  const restart = (env: Record<string, string>) =>
    execa(program, ['restart', 'event_handler', '--config', join(row, 'app.cfg')], {
      ...{ cwd: site.directory, env, extendEnv: false, reject: false, all: true },
    });
  const lacking = await restart(shell);
  expect(lacking.exitCode).toBe(1);
  expect(lacking.stderr).toContain('GITHUB_APP_SECRET_TOKEN: set for the event handler that runs');
  const holding = await findHolder(join(row, 'state'), 'event_handler');
  const running = holding.kind === 'here' ? holding.pid : 0;
  process.kill(running, 'SIGSTOP');
  const alone = restart(site.environment);
  let said = '';
  alone.stdout.on('data', (text) => {
    said += text;
  });
  await vi.waitFor(() => expect(said).toContain('ends after this step'), 30_000);
  alone.kill('SIGHUP'); // its terminal is closed
  process.kill(running, 'SIGCONT');
  expect((await alone).all).toMatch(/^Started: the event handler /m);
  expect(await bot('stop', 'event_handler')).toMatchObject({
    status: 0,
    output: expect.stringContaining('Stopped: the event handler'),
  });
  const other = spawn('sleep', ['600']);
  processes.push(other);
  await once(other, 'spawn');
  const pid = other.pid ?? 0;
  await writeLease(row, 'job manager', (await startOfProcess(pid)) ?? '', pid);
  const refused = await bot('restart', 'job_manager');
  expect(refused).toMatchObject({ status: 1 });
  expect(refused.output).toContain(`the options of the job manager (process ${pid}) cannot be read`);
  expect(other.signalCode).toBeNull();
});

const table: readonly (readonly [string, Change, string])[] = [
  // app.cfg and repos.cfg
  ['there is no app.cfg', { edit: () => '' }, 'failure configuration/github.app_id'],
  [
    'a placeholder was left',
    { settings: { 'github.private_key': 'PATH_TO_PRIVATE_KEY' } },
    'failure configuration/github.private_key',
  ],
  [
    'a path in half a pair of quotes',
    { settings: { 'buildenv.jobs_base_dir': '"DIR/jobs' } },
    'failure configuration/buildenv.jobs_base_dir',
  ],
  ['indentation swallows a key', { edit: (text) => text.replace('\njob_name =', '\n  job_name =') }, 'configuration/'],
  ['no repos.cfg', { settings: { 'repo_targets.repos_cfg_dir': 'ROW' } }, 'failure configuration/'],
  [
    'a state directory below a file',
    { settings: { 'bot_control.state_dir': 'DIR/app.cfg/state' } },
    'failure configuration/bot_control.state_dir',
  ],
  [
    'an upload script that is not there',
    { settings: { 'deploycfg.artefact_upload_script': '/nowhere/upload' } },
    'failure configuration/deploycfg.artefact_upload_script',
  ],
  ['a bundle that is missing', { before: bundle() }, 'warning configuration/eessi.io-2023.06.config_bundle'],
  [
    'a bundle that is a page',
    { before: bundle('<html>Log in first</html>') },
    'failure files/bundle of eessi.io-2023.06',
  ],
  [
    'a bundle without a file that config_map names',
    { before: otherBundle },
    'failure files/bundle of eessi.io-2023.06',
  ],
  [
    'a default of sbatch in the environment',
    { environment: { SBATCH_PARTITION: 'p' } },
    'warning configuration/SBATCH_PARTITION',
  ],
  // the key and the App
  ['no key', { settings: { 'github.private_key': 'ROW/none.pem' } }, 'failure configuration/github.private_key'],
  [
    'a key of another kind',
    { before: key(ec()), settings: { 'github.private_key': 'ROW/key.pem' } },
    'failure configuration/github.private_key',
  ],
  [
    'a key of mode 644',
    { before: (row) => key(site.github.privateKeyPem, 0o644)(row), settings: { 'github.private_key': 'ROW/key.pem' } },
    'warning configuration/github.private_key',
  ],
  [
    'a key of another App',
    { before: key(rsa()), settings: { 'github.private_key': 'ROW/key.pem' } },
    'failure GitHub/private-key',
  ],
  ['a wrong app_id', { settings: { 'github.app_id': '654321' } }, 'failure GitHub/app-id'],
  ['a wrong installation_id', { settings: { 'github.installation_id': '87654321' } }, 'failure GitHub/installation'],
  ['the App is not installed', { before: installation('removed') }, 'failure GitHub/installation'],
  ['the App is suspended', { before: installation('suspended') }, 'failure GitHub/installation'],
  [
    'a permission is missing',
    { before: app({ permissions: { issues: 'read', metadata: 'read', pull_requests: 'write', contents: 'read' } }) },
    'failure GitHub/permissions',
  ],
  [
    'contents may not be read',
    { before: app({ permissions: { issues: 'write', metadata: 'read', pull_requests: 'write' } }) },
    'warning GitHub/permissions',
  ],
  ['an event is missing', { before: app({ events: ['pull_request'] }) }, 'failure GitHub/events'],
  // the way to GitHub
  ['GitHub cannot be reached', { environment: { GITHUB_API_URL: 'http://127.0.0.1:1' } }, 'failure GitHub/reach'],
  ['a name that nobody knows', { environment: { GITHUB_API_URL: 'http://github.invalid' } }, 'failure GitHub/reach'],
  ['a private CA', privateCa(), 'failure GitHub/reach'],
  [
    'a page of a proxy',
    fault({ status: 403, headers: { 'content-type': 'text/html' }, body: '<html>Log in first</html>' }),
    'failure GitHub/reach',
  ],
  [
    'a clock that is behind',
    fault({ status: 503, headers: { date: new Date(Date.now() + 900_000).toUTCString() } }),
    'failure GitHub/clock',
  ],
  [
    'one address of GitHub alone',
    { environment: { GITHUB_SERVER_URL: undefined } },
    'failure environment/GitHub-addresses',
  ],
  ['a proxy that is no address', { environment: { HTTPS_PROXY: 'proxy.example:3128' } }, 'failure environment/proxy'],
  [
    'a proxy for plain HTTP alone',
    { environment: { HTTP_PROXY: 'http://proxy.example:3128' } },
    'warning environment/proxy',
  ],
  [
    'a file of CAs that is not there',
    { environment: { NODE_EXTRA_CA_CERTS: '/nowhere/ca.pem' } },
    'failure environment/NODE_EXTRA_CA_CERTS',
  ],
  [
    'certificates that nobody looks at',
    { environment: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } },
    'warning environment/certificates',
  ],
  // the webhook
  ['no webhook secret', { environment: { GITHUB_APP_SECRET_TOKEN: undefined } }, 'warning environment/webhook-secret'],
  [
    'a webhook secret in quotes',
    { environment: { GITHUB_APP_SECRET_TOKEN: `'${webhookSecret}'` } },
    'failure environment/webhook-secret',
  ],
  ['another webhook secret', { environment: { GITHUB_APP_SECRET_TOKEN: 'another' } }, 'failure webhook/signature'],
  ['a webhook without a secret', { before: hook({ hasSecret: false }) }, 'failure webhook/settings'],
  ['a webhook that sends forms', { before: hook({ contentType: 'form' }) }, 'failure webhook/settings'],
  ['a webhook that leads nowhere', { before: hook({ url: 'http://localhost:3000/' }) }, 'failure webhook/address'],
  ['no webhook', { before: hook({ url: '' }) }, 'warning webhook/address'],
  [
    'a relay that drops',
    { before: eventHandlerRuns, environment: { GITHUB_APP_SECRET_TOKEN: webhookSecret } },
    'failure webhook/arrival',
  ],
  [
    'a webhook that nobody answers',
    { mayPing: true, before: webhookTo('http://127.0.0.1:1/') },
    'failure webhook/redelivery',
  ],
  ['a relay that brings nothing', silentRelay(), 'failure webhook/redelivery'],
  ['a port that is taken', portTaken(), 'failure webhook/port'],
  [
    'a relay that GitHub does not send to',
    { environment: { SMEE_URL: 'http://127.0.0.1:1/channel' } },
    'failure webhook/relay-address',
  ],
  ['a relay that is not there', { environment: { SMEE_URL: 'http://127.0.0.1:1/channel' } }, 'failure webhook/relay'],
  // Slurm
  ['no squeue', { settings: { 'job_manager.poll_command': '/nowhere/squeue' } }, 'failure Slurm/squeue'],
  ['no sbatch', { settings: { 'buildenv.submit_command': '/nowhere/sbatch' } }, 'failure Slurm/sbatch'],
  [
    'a scontrol of something else',
    { settings: { 'job_manager.scontrol_command': '/bin/true' } },
    'failure Slurm/scontrol',
  ],
  [
    'an unknown partition',
    { settings: { 'architecturetargets.node_type_map': nodeTypes('--partition=nowhere') } },
    'failure Slurm/cpu_zen2',
  ],
  [
    'an unknown option of sbatch',
    { settings: { 'architecturetargets.node_type_map': nodeTypes('--cpu-per-task=1') } },
    'failure Slurm/cpu_zen2',
  ],
  [
    'more than a node has',
    { settings: { 'architecturetargets.node_type_map': nodeTypes('--mem=900T') } },
    'failure Slurm/cpu_zen2',
  ],
  [
    'an unknown account',
    slurmWith(
      'sbatch',
      `case "$*" in *version*) echo 'slurm 22.05.8';; *) echo 'allocation failure: Invalid account or account/partition combination specified' >&2; exit 1;; esac`,
    ),
    'failure Slurm/cpu_zen2',
  ],
  [
    'a squeue that shows nothing',
    slurmWith(
      'squeue',
      `[ "$1" = --version ] && echo 'slurm 22.05.8' && exit; echo 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' >&2; exit 1`,
    ),
    'failure Slurm/queue',
  ],
  [
    'two versions of Slurm',
    slurmWith('scontrol', `[ "$1" = --version ] && echo 'slurm 19.05.2'`),
    'warning Slurm/versions',
  ],
  [
    'a slurm.conf that is not there',
    { environment: { SLURM_CONF: '/nowhere/slurm.conf' } },
    'failure environment/SLURM_CONF',
  ],
  // uploads
  [
    'a wrong endpoint',
    { mayUpload: true, settings: { 'deploycfg.endpoint_url': 'http://127.0.0.1:1' } },
    'failure upload/probe of eessi-staging',
  ],
  [
    'a wrong bucket',
    { mayUpload: true, settings: { 'deploycfg.bucket_name': 'nobodys' } },
    'failure upload/probe of nobodys',
  ],
  [
    'no credentials',
    { environment: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined } },
    'warning upload/credentials',
  ],
  [
    'a signing key that is not there',
    { settings: { 'deploycfg.signing': '{ "eessi.io-2023.06": { "script": "DIR/app.cfg", "key": "ROW/none" } }' } },
    'failure upload/signing of eessi.io-2023.06',
  ],
  // this machine
  ['no git', { before: onlyPath('env'), environment: { PATH: 'ROW/only' } }, 'failure machine/git'],
  ['a git of long ago', slurmWith('git', `echo 'git version 2.10.0'`), 'failure machine/git'],
  [
    'a git configuration that cannot be read',
    { before: file('.gitconfig', '[broken\n') },
    'failure machine/git-configuration',
  ],
  [
    'a git that trusts anybody',
    { before: file('.gitconfig', '[http]\n\tsslVerify = false\n') },
    'warning machine/git-configuration',
  ],
  ['a Python bot that runs', { before: pythonBot }, 'failure machine/python-bot'],
  [
    'a state directory in which nothing can be written',
    { settings: { 'bot_control.state_dir': '/proc/self' } },
    'state_dir',
  ],
  [
    'a state directory in memory',
    { before: inMemory, settings: { 'bot_control.state_dir': memoryDir } },
    'warning files/state_dir',
  ],
  [
    'a file system that is away',
    { before: away, settings: { 'job_manager.job_ids_dir': 'ROW/ids' } },
    'failure files/in-use',
  ],
  ['a daemon that was killed', { before: deadDaemon }, 'warning state/job_manager'],
];

it.each(table)('names it: %s', async (_what, change, expected) => {
  const found = (await doctor(change)).map(
    ({ name, verdict, mend }) => `${verdict} ${name}${mend ? '' : ' without a mend'}`,
  );
  expect(found).toContainEqual(expect.stringContaining(expected));
});
expect(table.length).toBeGreaterThanOrEqual(40);

// Each exported only where that daemon is started, or only in the shell, as sites do it.
it('looks at each thing in the environment of the daemon that uses it', async () => {
  const credentials = { AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's' };
  const elsewhere = { GITHUB_API_URL: 'http://127.0.0.1:1', GITHUB_SERVER_URL: 'http://127.0.0.1:2' };
  const gitHub = {
    GITHUB_API_URL: site.environment['GITHUB_API_URL'],
    GITHUB_SERVER_URL: site.environment['GITHUB_SERVER_URL'],
  };
  const seen = (found: readonly Finding[], name: string) =>
    found.filter((finding) => finding.name === name).map((finding) => `${finding.verdict}: ${finding.seen}`);

  const ofDaemons = await allFindings({
    environment: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, ...elsewhere },
    before: daemonsWith({ ...gitHub, GITHUB_APP_SECRET_TOKEN: webhookSecret }, { ...gitHub, ...credentials }),
  });
  expect(seen(ofDaemons, 'upload/credentials')).toEqual([
    expect.stringMatching(/^ok: AWS_ACCESS_KEY_ID .* of the job manager \(process \d+\)$/),
  ]);
  expect(seen(ofDaemons, 'environment/webhook-secret')).toEqual([
    expect.stringMatching(/^ok: set in the event handler \(process \d+\)/),
  ]);
  expect(seen(ofDaemons, 'environment/GitHub-addresses')).toEqual([
    expect.stringMatching(
      `^ok: the event handler .*: ${gitHub.GITHUB_API_URL}, .*; the job manager .*: ${gitHub.GITHUB_API_URL}, `,
    ),
  ]);
  expect(seen(ofDaemons, 'GitHub/App')).toEqual([expect.stringMatching(/^ok: /)]);

  const ofShell = await allFindings({
    environment: credentials,
    before: daemonsWith({ ...gitHub }, { ...elsewhere, HOME: '/nowhere' }),
  });
  expect(seen(ofShell, 'upload/credentials')).toEqual([
    expect.stringMatching(/^warning: none in the job manager \(process \d+\), none in \/nowhere\/\.aws\/credentials$/),
  ]);
  expect(seen(ofShell, 'environment/webhook-secret')).toEqual([
    expect.stringMatching(/^warning: .* is not set in the event handler \(process \d+\)$/),
  ]);
  expect(seen(ofShell, 'environment/GitHub-addresses')).toEqual([
    expect.stringMatching(/^failure: the event handler .*; the job manager .*: http:\/\/127\.0\.0\.1:1, /),
  ]);
});

const bundlePath = () => join(site.directory, 'cfg_bundles/eessi.io-cfg_files.tgz');
const packBundle = () => pack(site.directory, 'eessi.io/eessi.io.pub');

/** Another text in the place of the bundle, or none. */
function bundle(text?: string) {
  return async () => {
    await rm(bundlePath());
    if (text !== undefined) await writeFile(bundlePath(), text);
    return packBundle;
  };
}

async function otherBundle(row: string) {
  await pack(row, 'default.local');
  return packBundle;
}

/** A bundle with a file of that name. */
async function pack(directory: string, name: string): Promise<void> {
  await mkdir(dirname(join(directory, name)), { recursive: true });
  await writeFile(join(directory, name), '');
  await execa('tar', ['--create', '--gzip', '--file', bundlePath(), '--directory', directory, `./${name}`]);
}

function fault(what: { status: number; headers: Record<string, string>; body?: string }): Change {
  return {
    before: () => site.github.failNext({ operationId: 'apps/get-authenticated', times: 1, fault: what }),
  };
}

function privateCa(): Change {
  const environment: Record<string, string> = {};
  return {
    environment,
    before: async () => {
      const tls = await startTls(site.github.serverUrl);
      environment['GITHUB_API_URL'] = `${tls.endpoint}/api/v3`;
      return () => tls.close();
    },
  };
}

function portTaken(): Change & { port: number } {
  const server = createServer();
  const change = {
    port: 0,
    before: async () => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      change.port = (server.address() as AddressInfo).port;
      return () => void server.close();
    },
  };
  return change;
}

/** As if it ran since an hour: the lease of this process. */
async function eventHandlerRuns(row: string) {
  await writeLease(row, 'event handler', (await startOfProcess(process.pid)) ?? '');
  const at = new Date(Date.now() - 600_000);
  site.github.seedDeliveries(repository, [{ at, number: 1, comment: { user: 'alice', body: 'bot: help' } }]);
}

/** A delivery that the event handler has had; whatever GitHub sends from now on goes there. */
function webhookTo(url: string | undefined) {
  return async (row: string) => {
    const at = new Date(Date.now() - 600_000);
    site.github.seedDeliveries(repository, [{ at, number: 1, comment: { user: 'alice', body: 'bot: help' } }]);
    const guid = site.github.deliveries.at(-1)?.guid;
    await mkdir(join(row, 'state/inbox/done'), { recursive: true, mode: 0o700 });
    await writeFile(join(row, `state/inbox/done/2026-01-01T00-00-00.000Z_0_${guid}.json`), '');
    webhookUrl = url;
    return () => {
      webhookUrl = undefined;
    };
  };
}

/** It can be heard, and takes what it is sent. */
function silentRelay(): Change {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('event: ready\ndata: {}\n\n');
  });
  const environment: Record<string, string> = {};
  return {
    mayPing: true,
    environment,
    before: async (row) => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      environment['SMEE_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/channel`;
      const after = await webhookTo(undefined)(row);
      return () => {
        after();
        server.close();
        server.closeAllConnections();
      };
    },
  };
}

/** Processes that hold the leases, each with an environment of its own. */
function daemonsWith(ofEventHandler: NodeJS.ProcessEnv, ofJobManager: NodeJS.ProcessEnv) {
  return async (row: string) => {
    const started = await Promise.all([
      standIn(row, 'event handler', ofEventHandler),
      standIn(row, 'job manager', ofJobManager),
    ]);
    return () => {
      for (const each of started) each.kill('SIGKILL');
    };
  };
}

async function standIn(row: string, kind: 'event handler' | 'job manager', environment: NodeJS.ProcessEnv) {
  const argv0 = `/bot/src/${kind.replace(' ', '-')}/main.ts`;
  const env = { PATH: process.env['PATH'], HOME: row, ...environment };
  const child = spawn('sleep', ['1d'], { argv0, cwd: row, env, stdio: 'ignore' });
  processes.push(child);
  await once(child, 'spawn');
  await writeLease(row, kind, (await startOfProcess(child.pid ?? 0)) ?? '', child.pid);
  return child;
}

async function deadDaemon(row: string) {
  await writeLease(row, 'job manager', '1');
}

async function writeLease(row: string, kind: string, processStart: string, pid = process.pid, host = hostname()) {
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const holder = { version: 1, number: 1, token: 't', host, pid, processStart, since };
  await mkdir(join(row, 'state/locks'), { recursive: true, mode: 0o700 });
  await chmod(join(row, 'state'), 0o700);
  await writeFile(join(row, `state/locks/${kind}.1.lease`), JSON.stringify(holder));
}

async function pythonBot(row: string) {
  const child = spawn('tail', ['-f', '/dev/null'], { argv0: 'eessi_bot_event_handler.py', cwd: row, stdio: 'ignore' });
  processes.push(child);
  await once(child, 'spawn');
  return () => child.kill('SIGKILL');
}

async function inMemory() {
  await mkdir(memoryDir, { mode: 0o700 });
  return async () => await rm(memoryDir, { recursive: true, force: true });
}

async function away(row: string) {
  await writeFile(join(row, '.bot-places.json'), JSON.stringify({ version: 1, places: [join(row, 'ids')] }));
}

function onlyPath(name: string) {
  return async (row: string) => {
    await mkdir(join(row, 'only'));
    await symlink(`/usr/bin/${name}`, join(row, 'only', name));
  };
}
