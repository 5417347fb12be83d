import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { quoteWord } from '../src/daemon/quote-word.ts';
import { runProgram } from '../src/outside/processes/run-program.ts';
import { slurmCommands } from '../src/outside/slurm/slurm-commands.ts';
import { callersEnvironment } from '../stand-ins/callers-environment.ts';
import type { GitHubStandIn } from '../stand-ins/github/github-stand-in.ts';
import { startGitHub } from '../stand-ins/github/start-github.ts';
import { writeTargetRepository } from '../stand-ins/github/target-repository.ts';
import { type S3StandIn, s3Credentials, startS3 } from '../stand-ins/s3.ts';
import { readQueueOfStandIn } from '../stand-ins/slurm/read-queue-of-stand-in.ts';
import { stopAll } from '../stand-ins/slurm/stop-all.ts';
import { freePorts } from '../test/slurm/free-ports.ts';
import { type Daemon, startDaemon } from './start-daemon.ts';
import { bucket, repository, type SlurmCommands, writeSiteFiles } from './write-site-files.ts';

export interface QueueRow {
  readonly id: string;
  readonly state: string;
  readonly reason: string;
  readonly workDir: string;
}

/** A machine on which the bot runs, with everything around it. */
export interface Site {
  readonly directory: string;
  readonly github: GitHubStandIn;
  readonly s3: Pick<S3StandIn, 'keys' | 'read' | 'endpoint'>;
  /** All states; where it cannot be read: as it was last. */
  readQueue(): Promise<readonly QueueRow[]>;
  readonly daemons: readonly Daemon[];
  /** A line for a shell that runs ./bot.sh here. */
  adminCommand(words: string): string;
  /** Ends everything, daemons and jobs first. Safe to do twice. */
  stop(): Promise<void>;
}

/** `stand-in` or the Slurm whose commands are in PATH. */
export type WhichSlurm = 'stand-in' | 'machine';

const root = join(import.meta.dirname, '..');
const standInCommands = join(root, 'stand-ins/slurm/bin');
const app = { id: 1, slug: 'demo-bot', installationId: 2 } as const;
const webhookSecret = 'only for the demo';
const buildSeconds = 6;

/** Starts GitHub, S3 and both daemons in a new directory, which is removed at the end unless it is to be kept. */
export async function startSite(slurm: WhichSlurm, options: { readonly keep: boolean }): Promise<Site> {
  const directory = await makeDirectory(slurm);
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    const errors: unknown[] = [];
    for (const step of undo.splice(0).reverse()) await step().catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw new AggregateError(errors, `Not all went well at the end: ${errors.join('; ')}`);
  };
  try {
    undo.push(leaveLast(directory, options));
    let webhookUrl: string | undefined;
    const github = await startGitHub({
      directory: join(directory, 'github'),
      webhookSecret,
      app,
      webhookUrl: () => webhookUrl,
    });
    undo.push(() => github.close());
    await github.createRepository({
      name: repository,
      files: (workTree) => writeTargetRepository(workTree, { buildSeconds }),
    });
    const s3 = await startS3();
    undo.push(() => s3.close());
    await s3.createBucket(bucket);

    const jobName = `bot-demo-${process.pid}`;
    const environment = slurmEnvironment(directory, slurm);
    await writeSiteFiles({
      directory,
      slurm: slurm === 'stand-in' ? commandsIn(standInCommands) : commandsInPath,
      jobName,
      endpointUrl: s3.endpoint,
      privateKeyPem: github.privateKeyPem,
      app,
    });
    undo.push(() => endJobs(slurm, directory, jobName, environment));

    const addresses = { GITHUB_API_URL: github.apiUrl, GITHUB_SERVER_URL: github.serverUrl };
    const appSecret = { GITHUB_APP_SECRET_TOKEN: webhookSecret };
    const { NO_PROXY = '' } = callersEnvironment();
    await writeVariables(join(directory, 'bot.env'), {
      ...{ ...environment, ...addresses, ...appSecret, ...s3Credentials, NO_PROXY, no_proxy: NO_PROXY },
    });
    const adminCommand = (words: string) =>
      `cd ${quoteWord(directory)} && . ./bot.env && ${quoteWord(join(root, 'bot.sh'))} ${words}`;
    // Not by event_handler.sh, which installs packages where they are not those of the lock file: a demo installs nothing.
    const start = (name: string, program: string, words: readonly string[], secrets: Record<string, string>) => {
      const options = words.length === 0 ? '' : ` --${program}-opts ${quoteWord(words.join(' '))}`;
      const daemon = startDaemon(name, join(root, 'scripts/run-program.sh'), [program, ...words], {
        directory,
        environment: { ...callersEnvironment(), ...environment, ...addresses, ...secrets },
        howToStart: adminCommand(`start ${program.replace('-', '_')}${options}`),
      });
      undo.push(() => daemon.stop());
      return daemon;
    };
    const [port = 0] = await freePorts(1);
    const handler = start('event handler', 'event-handler', ['--port', String(port)], appSecret);
    const manager = start('job manager', 'job-manager', [], s3Credentials);
    await handler.line(/http:\/\/127\.0\.0\.1:\d+/);
    webhookUrl = `http://127.0.0.1:${port}/`;
    await manager.line(/Configuration check: PASSED/);

    return {
      directory,
      github,
      s3,
      readQueue: queueReader(slurm, directory, jobName, environment),
      daemons: [handler, manager],
      adminCommand,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * What is left of a demo, at its end or when it is killed: daemons that ./bot.sh has started, or all, and the directory. By a process of
 * its own, which learns it by the end of its input.
 */
function leaveLast(directory: string, { keep }: { readonly keep: boolean }): () => Promise<unknown> {
  const words = [join(import.meta.dirname, 'leave-last.sh'), directory, ...(keep ? ['keep'] : [])];
  const child = spawn('bash', words, { detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(child, 'close');
  return async () => {
    child.stdin.end();
    await ended;
  };
}

/** For a shell to read. */
async function writeVariables(path: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoteWord(value)}\n`);
  await writeFile(path, lines.join(''), { mode: 0o600 });
}

/** Whether the machine's Slurm answers; if not, why. */
export async function askMachineSlurm(): Promise<string | undefined> {
  const asked = await runProgram(
    { program: 'squeue', arguments: ['--noheader', `--user=${userInfo().username}`] },
    { environment: slurmEnvironment(tmpdir(), 'machine'), timeoutMilliseconds: 15_000 },
  );
  if (asked.kind === 'exited') return asked.code === 0 ? undefined : asked.stderr.trim();
  if (asked.kind === 'not-started') return asked.message.replace(/\.$/, '');
  return 'squeue did not answer within 15 s';
}

/** Slurm's nodes have to see it: /tmp is each node's own. */
async function makeDirectory(slurm: WhichSlurm): Promise<string> {
  if (slurm === 'stand-in') return realpath(await mkdtemp(join(tmpdir(), 'bot-demo-')));
  await mkdir(join(root, 'demo-state'), { recursive: true });
  return realpath(await mkdtemp(join(root, 'demo-state/site-')));
}

/** What Slurm's commands need, beside what the daemons have of the person's environment. */
function slurmEnvironment(directory: string, slurm: WhichSlurm): Record<string, string> {
  const path = process.env['PATH'] ?? '/usr/bin:/bin';
  if (slurm === 'stand-in') return { PATH: `${standInCommands}:${path}`, STAND_IN_SLURM_DIR: join(directory, 'slurm') };
  const { SLURM_CONF, SLURM_CLUSTERS } = process.env;
  return { PATH: path, ...(SLURM_CONF && { SLURM_CONF }), ...(SLURM_CLUSTERS && { SLURM_CLUSTERS }) };
}

const commandsInPath: SlurmCommands = { sbatch: 'sbatch', squeue: 'squeue', scontrol: 'scontrol' };

function commandsIn(directory: string): SlurmCommands {
  const at = (name: string) => join(directory, name);
  return { sbatch: at('sbatch'), squeue: at('squeue'), scontrol: at('scontrol') };
}

function queueReader(
  which: WhichSlurm,
  directory: string,
  jobName: string,
  environment: Record<string, string>,
): Site['readQueue'] {
  if (which === 'stand-in') return async () => readQueueOfStandIn(join(directory, 'slurm'));
  const command = (program: string) => ({ program, arguments: [], environment: {} });
  const slurm = slurmCommands({
    poll: command('squeue'),
    scontrol: command('scontrol'),
    user: userInfo().username,
    jobName,
    environment,
    jobEnvironment: {},
  });
  let last: readonly QueueRow[] = [];
  return async () => {
    const reading = await slurm.readQueue();
    if (reading.kind === 'queue') last = reading.entries;
    return last;
  };
}

async function endJobs(
  slurm: WhichSlurm,
  directory: string,
  jobName: string,
  environment: Record<string, string>,
): Promise<void> {
  if (slurm === 'stand-in') return stopAll(join(directory, 'slurm'));
  const cancelled = await runProgram({ program: 'scancel', arguments: [`--name=${jobName}`] }, { environment });
  if (cancelled.kind !== 'exited' || cancelled.code !== 0)
    console.error(`The jobs called ${jobName} could not be cancelled: look for them with squeue --name=${jobName}.`);
}
