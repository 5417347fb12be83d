import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { GitHubStandIn } from '../stand-ins/github/github-stand-in.ts';
import { startGitHub } from '../stand-ins/github/start-github.ts';
import { pullRequestCommits, writeTargetRepository } from '../stand-ins/github/target-repository.ts';
import { startSlurm } from '../test/slurm/start-slurm.ts';
import { makeSite, repository, webhookSecret, writeConfiguration } from '../test/system/site.ts';

// From the comment to the job's comment, of this bot and of the Python bot in turn: the same stand-in for GitHub, Slurm, machine, pull request.
//   node bench/beside-python-bot.ts CLONE PYTHON [ROUNDS]
// CLONE is one of the Python bot 0.9, PYTHON a python3 that has its requirements.txt.

const buildsPerRound = 8;

interface Bot {
  readonly github: GitHubStandIn;
  stop(): Promise<unknown>;
}

async function startThisBot(slurm: Readonly<Record<string, string>>): Promise<Bot> {
  const edit = (appCfg: string) => appCfg.replace(/^chatlevel = .*/m, 'chatlevel = basic');
  const path = process.env['PATH'] ?? '';
  const site = await makeSite({ slurm: { PATH: path, ...slurm }, buildSeconds: 30, edit });
  await site.startEventHandler();
  return { github: site.github, stop: () => site.close() };
}

async function startPythonBot(slurm: Readonly<Record<string, string>>, clone: string, python: string): Promise<Bot> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'bot-bench-python-')));
  const port = await freePort();
  let listens = false;
  const github = await startGitHub({
    directory: join(directory, 'github'),
    webhookSecret,
    app: { id: 123456, slug: 'my-bot', installationId: 12345678 },
    webhookUrl: () => (listens ? `http://127.0.0.1:${port}/` : undefined),
  });
  await github.createRepository({ name: repository, files: (to) => writeTargetRepository(to, { buildSeconds: 30 }) });
  await writeConfiguration(directory, github, { endpoint: 'http://127.0.0.1:1' }, {}); // for the key and repos.cfg
  await mkdir(join(directory, 'jobs'));
  const example = await readFile(join(clone, 'app.cfg.example'), 'utf8');
  await writeFile(join(directory, 'app.cfg'), configurationOf(example, directory, clone));
  const child = spawn(python, [join(clone, 'eessi_bot_event_handler.py'), '-p', String(port)], {
    cwd: directory,
    stdio: 'ignore',
    env: {
      ...{ ...process.env, ...slurm, PYTHONPATH: join(clone, 'lib') },
      ...{ GITHUB_API_URL: github.apiUrl, GITHUB_SERVER_URL: github.serverUrl },
      ...{ GITHUB_APP_SECRET_TOKEN: webhookSecret, GITHUB_TOKEN: 'x' },
    },
  });
  while ((await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)) === undefined) {
    if (child.exitCode !== null) throw new Error(`the Python bot ended with ${child.exitCode}`);
    await pause(100);
  }
  listens = true;
  return { github, stop: () => stopAll(child, github, directory) };
}

async function stopAll(child: ChildProcess, github: GitHubStandIn, directory: string): Promise<void> {
  child.kill();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  await github.close().catch(() => {}); // its requests are not ours to check
  await rm(directory, { recursive: true, force: true });
}

function configurationOf(example: string, directory: string, clone: string): string {
  const nodeType = {
    os: 'linux',
    cpu_subdir: 'x86_64/amd/zen2',
    slurm_params: '--cpus-per-task=1',
    repo_targets: ['eessi.io-2023.06'],
  };
  const values: Readonly<Record<string, string>> = {
    app_id: '123456',
    installation_id: '12345678',
    private_key: `${directory}/private-key.pem`,
    command_permission: 'alice',
    build_permission: 'alice',
    chatlevel: 'basic',
    build_job_script: `${clone}/scripts/bot-build.slurm`,
    submit_command: 'sbatch',
    slurm_params: '--hold',
    repos_cfg_dir: `${directory}/cfg_bundles`,
    log_path: `${directory}/log`,
    shared_fs_path: directory,
    build_logs_dir: tmpdir(),
    site_config_script: '',
    container_cachedir: tmpdir(),
  };
  let text = example.replaceAll('$HOME/jobs', `${directory}/jobs`);
  for (const [key, value] of Object.entries(values))
    text = text.replaceAll(new RegExp(`^${key} *=.*$`, 'gm'), () => `${key} = ${value}`);
  return text.replace(/node_type_map = \{[\s\S]*?\}\}/, () => `node_type_map = ${JSON.stringify({ zen2: nodeType })}`);
}

/** Milliseconds of each build but the first, for which a mirror is made. */
async function measure({ github }: Bot): Promise<number[]> {
  const number = await github.openPullRequest(repository, {
    branch: 'zlib',
    user: 'dave',
    commits: pullRequestCommits,
  });
  const times: number[] = [];
  for (let build = 0; build <= buildsPerRound; build++) {
    const before = new Set(github.comments(repository, number).map(({ id }) => id));
    const begin = performance.now();
    void github.comment(repository, number, 'alice', 'bot: build for:arch=x86_64/amd/zen2');
    await github.waitFor('the job’s comment', () =>
      github.comments(repository, number).some(({ id, body }) => !before.has(id) && body.includes('|submitted|')),
    );
    times.push(performance.now() - begin);
    await pause(500); // what follows the comment is no part of the next build
  }
  return times.slice(1);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port is free');
  return address.port;
}

const median = (times: readonly number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

const [clone, python, rounds = '3'] = process.argv.slice(2);
if (clone === undefined || python === undefined) {
  console.error(
    'beside-python-bot.ts CLONE PYTHON [ROUNDS]: a clone of the Python bot 0.9, a python3 with its packages',
  );
  process.exit(2);
}
const directory = await realpath(await mkdtemp(join(tmpdir(), 'bot-bench-')));
const slurm = await startSlurm(join(directory, 'slurm'));
try {
  for (let round = 1; round <= Number(rounds); round++) {
    for (const [name, start] of [
      ['this bot', () => startThisBot(slurm.environment)],
      ['the Python bot', () => startPythonBot(slurm.environment, resolve(clone), resolve(python))],
    ] as const) {
      const bot = await start();
      const times = await measure(bot).finally(() => bot.stop());
      console.log(
        `${round}. ${name}: median ${median(times).toFixed(0)} ms of ${times.map((time) => time.toFixed(0)).join(' ')}`,
      );
    }
  }
} finally {
  await slurm.stop();
  await rm(directory, { recursive: true, force: true });
}
process.exit(0);
