import { randomBytes } from 'node:crypto';
import {
  access,
  constants,
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  rmdir,
  writeFile,
} from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runProgram } from '../../src/outside/processes/run-program.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { freePorts } from './free-ports.ts';
import { runCommand } from './run-command.ts';
import { cgroupConf, type Place, type SlurmSettings, slurmConf } from './slurm-conf.ts';
import { Accounting } from './start-accounting.ts';
import { untilReady } from './until-ready.ts';

export interface RealSlurm {
  /** What a program needs beside PATH to talk to this Slurm. */
  readonly environment: Readonly<Record<string, string>>;
  readonly nodes: readonly string[];
  /** What one of Slurm's commands prints; throws its complaint if it fails. */
  run(program: string, ...words: string[]): Promise<string>;
  /** As when the controller's machine is down: jobs that run go on. */
  stopController(): Promise<void>;
  /** As when it fails: SIGKILL. */
  killController(): Promise<void>;
  startController(): Promise<void>;
  /** Of a controller that does not run: jobs, and how far it has counted. */
  loseState(): Promise<void>;
  stopAccounting(): Promise<void>;
  startAccounting(): Promise<void>;
  /** Ends everything: jobs, daemons. Safe to do twice. */
  stop(): Promise<void>;
}

/** What has to be installed (Debian 12: Slurm 22.05). */
const debianPackages = ['slurmctld', 'slurmd', 'slurm-client', 'munge'] as const;

type Environment = Readonly<Record<string, string>>;

/** Starts a private Slurm in an empty directory: munged, slurmctld, a slurmd per node, on ports of its own, as root, without systemd. */
export async function startSlurm(directory: string, settings: SlurmSettings = {}): Promise<RealSlurm> {
  const home = await prepare(directory);
  const configuration = join(home, 'slurm.conf');
  const mungeSocket = join(home, 'munge.socket');
  const [controllerPort = 0, accountingPort = 0, ...nodePorts] = await freePorts(2 + (settings.nodes ?? 2));
  // The memory of a node's jobs is limited in a control group of its name, which is the machine's.
  const prefix = settings.memoryLimits ? `m${controllerPort}n` : 'n';
  const nodes = nodePorts.map((port, index) => ({ name: `${prefix}${index + 1}`, port }));
  const host = hostname().split('.')[0] ?? 'localhost';
  const place: Place = { directory: home, host, controllerPort, accountingPort, nodes, mungeSocket };
  await writeFile(configuration, slurmConf(place, settings));
  if (settings.memoryLimits) await writeFile(join(home, 'cgroup.conf'), cgroupConf);
  const own = { SLURM_CONF: configuration };
  const environment = { PATH: `${process.env['PATH']}:/usr/sbin:/sbin`, LANG: 'C', ...own };

  const daemons: Daemon[] = [];
  let accounting: Accounting | undefined;
  let controller: Daemon | undefined;
  const endController = async (way: 'stop' | 'kill') => {
    await controller?.[way]();
    controller = undefined;
  };
  const stopController = () => endController('stop');
  const startController = async () => {
    controller ??= startDaemon(['slurmctld', '-D', '-f', configuration], environment);
    await untilReady('slurmctld', home, environment, ['scontrol', 'ping'], (said) => said.includes(' UP'));
  };
  const stop = async () => {
    if (controller !== undefined) await endJobs(environment);
    await stopController(); // before the nodes, so that nothing is launched meanwhile
    await Promise.all(daemons.splice(1).map((daemon) => daemon.stop()));
    await endSteps(home);
    await accounting?.stop();
    await daemons.pop()?.stop();
    if (settings.memoryLimits) await removeControlGroups(nodes.map(({ name }) => name));
  };

  try {
    daemons.push(startMunged(home, mungeSocket, environment));
    await untilReady('munged', home, environment, ['munge', '--no-input', `--socket=${mungeSocket}`]);
    if (settings.accounting) accounting = await Accounting.start(place, settings.clusterName ?? 'bot', environment);
    await startController();
    for (const { name } of nodes)
      daemons.push(startDaemon(['slurmd', '-D', '-N', name, '-f', configuration], environment));
    const allIdle = (said: string) =>
      said
        .trim()
        .split('\n')
        .every((state) => state === 'idle');
    await untilReady('slurmd', home, environment, ['sinfo', '--noheader', '--Node', '--format=%T'], allIdle);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    environment: own,
    nodes: nodes.map(({ name }) => name),
    run: (program, ...words) => runCommand({ environment, cwd: home }, program, ...words),
    stopController,
    killController: () => endController('kill'),
    startController,
    loseState: async () => {
      await rm(join(home, 'state'), { recursive: true });
      await mkdir(join(home, 'state'));
    },
    stopAccounting: async () => accounting?.stopSlurmdbd(),
    startAccounting: async () => accounting?.startSlurmdbd(),
    stop,
  };
}

const memoryControlGroups = '/sys/fs/cgroup/memory';

/** Whether Slurm can limit the memory of jobs here. */
export async function canLimitMemory(): Promise<boolean> {
  return await access(join(memoryControlGroups, 'cgroup.procs'), constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** Slurm leaves them behind. One whose processes have just been killed is in use for a moment. */
async function removeControlGroups(nodes: readonly string[]) {
  for (const node of nodes) {
    const top = join(memoryControlGroups, `slurm_${node}`);
    for (const end = Date.now() + 5_000; Date.now() < end; await pause(50)) {
      const below = await readdir(top, { withFileTypes: true, recursive: true }).catch(() => undefined);
      if (below === undefined) break;
      const groups = below.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
      for (const group of [...groups.sort().reverse(), top]) await rmdir(group).catch(() => {});
    }
  }
}

async function prepare(directory: string): Promise<string> {
  if (process.getuid?.() !== 0)
    throw new Error('A private Slurm has to be started by root: run these tests in a container.');
  for (const program of ['slurmctld', 'slurmd', 'sbatch', 'munged']) {
    const environment = { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
    const found = await runProgram({ program: 'which', arguments: [program] }, { environment });
    if (found.kind !== 'exited' || found.code !== 0)
      throw new Error(
        `There is no ${program}: \`apt-get install --no-install-recommends ${debianPackages.join(' ')}\`.`,
      );
  }
  await mkdir(directory, { recursive: true });
  const home = await realpath(directory);
  for (const name of ['state', 'log']) await mkdir(join(home, name), { recursive: true });
  await writeFile(join(home, 'munge.key'), randomBytes(1024), { mode: 0o600 });
  return home;
}

function startMunged(home: string, socket: string, environment: Environment): Daemon {
  const files = [`--key-file=${home}/munge.key`, `--pid-file=${home}/munged.pid`, `--seed-file=${home}/munged.seed`];
  const words = [
    'munged',
    '--foreground',
    '--force',
    `--socket=${socket}`,
    ...files,
    `--log-file=${home}/log/munged.log`,
  ];
  return startDaemon(words, environment);
}

/** Jobs outlive slurmd, so they are cancelled while there is somebody to do it. */
async function endJobs(environment: Environment) {
  const end = Date.now() + 15_000;
  while (Date.now() < end) {
    const words = ['--noheader', '--states=RUNNING,CONFIGURING,COMPLETING,SUSPENDED', '--format=%A'];
    const options = { environment, timeoutMilliseconds: 10_000 };
    const running = await runProgram({ program: 'squeue', arguments: words }, options);
    if (running.kind !== 'exited' || running.code !== 0 || running.stdout === '') return;
    await runProgram({ program: 'scancel', arguments: running.stdout.trim().split('\n') }, options);
    await pause(100);
  }
}

/** Whatever step is still there (the controller was down): the processes called slurmstepd that write to our log, and their jobs. */
async function endSteps(home: string) {
  for (const pid of await processIds()) {
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    if (name.trim() !== 'slurmstepd' || !(await holdsFileIn(pid, join(home, 'log')))) continue;
    for (const child of await childrenOf(pid)) kill(-child);
    kill(pid);
  }
}

async function processIds(): Promise<number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

async function holdsFileIn(pid: number, directory: string): Promise<boolean> {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const links = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')));
  return links.some((link) => link.startsWith(`${directory}/`));
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text
    .trim()
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
}

function kill(pid: number) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
