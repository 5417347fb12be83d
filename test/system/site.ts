import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { callersEnvironment } from '../../stand-ins/callers-environment.ts';
import type { Files, GitHubOptions, GitHubStandIn } from '../../stand-ins/github/github-stand-in.ts';
import { startGitHub } from '../../stand-ins/github/start-github.ts';
import { targetRepository } from '../../stand-ins/github/target-repository.ts';
import { type S3StandIn, s3Credentials, startS3 } from '../../stand-ins/s3.ts';
import { freePorts } from '../slurm/free-ports.ts';

const root = join(import.meta.dirname, '../..');
export const repository = 'EESSI/software-layer';
export const webhookSecret = 'webhook-secret-of-the-tests';

/** A daemon that runs. */
export interface Running {
  readonly process: ChildProcess;
  /** What it printed so far, both streams. */
  readonly output: () => string;
  /** Waits until it prints such a line. One that it printed before counts. */
  waitForLine(line: RegExp): Promise<RegExpExecArray>;
  /** Asks it to stop, and waits until it has: its exit status. */
  stop(): Promise<number | null>;
  /** kill -9. */
  kill(): Promise<void>;
}

/** A site: GitHub, S3, a directory with app.cfg, and the two real daemons as an admin starts them. */
export interface Site {
  readonly directory: string;
  readonly github: GitHubStandIn;
  readonly s3: S3StandIn;
  readonly environment: Readonly<Record<string, string>>;
  startEventHandler(...options: string[]): Promise<Running>;
  startJobManager(...options: string[]): Promise<Running>;
  /** Runs a program of the bot to its end. */
  run(program: string, ...options: string[]): Promise<{ status: number | null; output: string }>;
  /** Ends all that was started; throws where GitHub saw a request or an answer that is not GitHub's. */
  close(): Promise<void>;
}

export interface SiteOptions {
  /** What the daemons need to reach Slurm: PATH, SLURM_CONF, … */
  readonly slurm: Readonly<Record<string, string>>;
  readonly buildSeconds?: number;
  /** Changes the text of app.cfg before it is written. */
  readonly edit?: (appCfg: string, directory: string) => string;
  /** Text of repos.cfg. */
  readonly reposCfg?: string;
  /** For the daemons, beside what every site has. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What the site's directory is called, where that matters: the daemons run in it. */
  readonly directoryName?: string;
  /** Words before a program that is started: those that start it as another account. */
  readonly as?: readonly string[];
  /** Octal, what the shell that starts the daemons has. */
  readonly umask?: string;
  /** Of the App on GitHub; app.cfg says what is usual. */
  readonly app?: { readonly id: number; readonly installationId: number };
  /** Where GitHub sends webhooks, and how it writes them; else to the event handler, as JavaScript writes. */
  readonly webhooks?: Pick<GitHubOptions, 'webhookUrl' | 'writeBody'>;
  /** Files of the target repository; without: a small software layer. */
  readonly files?: Files;
}

/** Makes a site; the daemons are started by the test. */
export async function makeSite(options: SiteOptions): Promise<Site> {
  const parent = await mkdtemp(join(tmpdir(), 'bot-site-'));
  const directory = join(parent, options.directoryName ?? '');
  await mkdir(directory, { recursive: true });
  // One that the kernel gives to nobody: the event handler has it again when it is started anew.
  const [freePort = 0] = await freePorts(1);
  let port: number | undefined;
  const github = await startGitHub({
    directory: join(directory, 'github'),
    webhookSecret,
    app: { id: 123456, installationId: 12345678, ...options.app, slug: 'my-bot' },
    webhookUrl: () => (port === undefined ? undefined : `http://127.0.0.1:${port}/`),
    ...options.webhooks,
  });
  const s3 = await startS3();
  await s3.createBucket('eessi-staging');
  await writeConfiguration(directory, github, s3, options);
  await github.createRepository({
    name: repository,
    files: options.files ?? targetRepository(options.buildSeconds ?? 0),
  });
  const running = new Set<Running>();
  const environment = {
    ...callersEnvironment(),
    GITHUB_API_URL: github.apiUrl,
    GITHUB_SERVER_URL: github.serverUrl,
    GITHUB_APP_SECRET_TOKEN: webhookSecret,
    ...s3Credentials,
    ...options.slurm,
    ...options.environment,
  };
  const start = async (script: string, ready: RegExp, args: string[]) => {
    const daemon = startDaemon(
      ...underUmask(options.umask, options.as ?? [], join(root, script), args),
      directory,
      environment,
    );
    running.add(daemon);
    return { running: daemon, match: await daemon.waitForLine(ready) };
  };
  return {
    directory,
    github,
    s3,
    environment,
    async startEventHandler(...args) {
      const wanted = String(port ?? freePort);
      const ready = /listens on http:\/\/127\.0\.0\.1:(\d+)|asks GitHub every|is on standby/;
      const started = await start('event_handler.sh', ready, ['-p', wanted, ...args]);
      if (started.match[1] !== undefined) port = Number(started.match[1]);
      return started.running;
    },
    async startJobManager(...args) {
      return (await start('job_manager.sh', /looks at the queue every|is on standby/, args)).running;
    },
    async run(program, ...args) {
      const [first = '', ...words] = [...(options.as ?? []), join(root, program), ...args];
      const child = startDaemon(first, words, directory, environment);
      const [status] = child.process.exitCode === null ? await once(child.process, 'close') : [child.process.exitCode];
      return { status, output: child.output() };
    },
    async close() {
      for (const daemon of running) await daemon.stop();
      await s3.close();
      await github.close();
      await rm(parent, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

function underUmask(
  umask: string | undefined,
  as: readonly string[],
  script: string,
  args: readonly string[],
): [string, readonly string[]] {
  const [program = '', ...words] = [...as, script, ...args];
  if (umask === undefined) return [program, words];
  return ['/bin/sh', ['-c', `umask ${umask}; exec "$0" "$@"`, program, ...words]];
}

function startDaemon(
  script: string,
  args: readonly string[],
  cwd: string,
  environment: Record<string, string>,
): Running {
  const child = spawn(script, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  const waiting: { line: RegExp; found: (match: RegExpExecArray) => void }[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      printed += `${line}\n`;
      for (const each of waiting) {
        const match = each.line.exec(line);
        if (match) each.found(match);
      }
    });
  }
  const closed = once(child, 'close');
  return {
    process: child,
    output: () => printed,
    waitForLine(line) {
      const before = printed.split('\n').map((text) => line.exec(text));
      return Promise.race([
        new Promise<RegExpExecArray>((found) => {
          for (const match of before) if (match) found(match);
          waiting.push({ line, found });
        }),
        closed.then(() => {
          throw new Error(`${script} ended (exit status ${child.exitCode}):\n${printed}`);
        }),
      ]);
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await closed;
      return child.exitCode;
    },
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** Writes what a site is configured by: app.cfg, repos.cfg, the key of the App. */
export async function writeConfiguration(
  directory: string,
  github: Pick<GitHubStandIn, 'privateKeyPem'>,
  s3: Pick<S3StandIn, 'endpoint'>,
  options: Pick<SiteOptions, 'edit' | 'reposCfg'>,
): Promise<void> {
  await writeFile(join(directory, 'private-key.pem'), github.privateKeyPem, { mode: 0o600 });
  await mkdir(join(directory, 'cfg_bundles'));
  await writeFile(join(directory, 'cfg_bundles/repos.cfg'), options.reposCfg ?? reposCfg);
  const appCfg = appCfgOf(directory, s3.endpoint);
  await writeFile(join(directory, 'app.cfg'), options.edit?.(appCfg, directory) ?? appCfg);
}

const reposCfg = `[eessi.io-2023.06]
repo_name = software.eessi.io
repo_version = 2023.06
config_bundle = eessi.io-cfg_files.tgz
config_map = {"eessi.io/eessi.io.pub":"/etc/cvmfs/keys/eessi.io/eessi.io.pub"}
container = docker://ghcr.io/eessi/build-node:debian11
`;

function appCfgOf(directory: string, endpoint: string): string {
  return `[github]
app_id = 123456
app_name = 'MY-bot'
installation_id = 12345678
private_key = ${directory}/private-key.pem

[bot_control]
command_permission = alice bob
command_response_fmt =
  <details><summary>Updates by the bot instance <code>{app_name}</code> <em>(click for details)</em></summary>

  {comment_response}
  {comment_result}
  </details>

[buildenv]
build_job_script = ${root}/scripts/bot-build.slurm
jobs_base_dir = ${directory}/jobs
submit_command = sbatch
slurm_params = "--hold"
job_name = bot-test
build_permission = alice
local_tmp = ${directory}/tmp

[deploycfg]
artefact_upload_script = ${root}/scripts/eessi-upload-to-staging
endpoint_url = ${endpoint}
bucket_name = eessi-staging
upload_policy = once
deploy_permission = carol
metadata_prefix = {"eessi.io-2023.06": "new/'\${github_repository}'/'\${pull_request_number}'"}
artefact_prefix = {"eessi.io-2023.06": "new/'\${github_repository}'/'\${pull_request_number}'"}

[architecturetargets]
node_type_map = {
  "cpu_zen2": {
    "os": "linux",
    "cpu_subdir": "x86_64/amd/zen2",
    "slurm_params": "--cpus-per-task=1",
    "repo_targets": ["eessi.io-2023.06"] },
  "cpu_zen3": {
    "os": "linux",
    "cpu_subdir": "x86_64/amd/zen3",
    "slurm_params": "--cpus-per-task=1",
    "repo_targets": ["eessi.io-2023.06"] }
  }

[repo_targets]
repos_cfg_dir = ${directory}/cfg_bundles

[event_handler]
log_path = ${directory}/event_handler.log

[job_manager]
log_path = ${directory}/job_manager.log
job_ids_dir = ${directory}/ids
poll_command = squeue
poll_interval = 1
scontrol_command = scontrol

[clean_up]
trash_bin_dir = ${directory}/trash
`;
}

/** The lines of a file, for what a test wants to look at. */
export async function linesOf(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
}
