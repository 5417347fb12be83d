import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { containerEngine } from './container-engine.ts';

const root = join(import.meta.dirname, '..');

/** What a machine has. */
export interface Machine {
  readonly isRoot: boolean;
  isInstalled(program: string): boolean;
  /** Whether root may mount something that nobody else sees; a container often may not. */
  maySeparateMounts(): boolean;
  /** Whether an engine for containers is there and works. */
  hasContainers(): boolean;
}

interface Part {
  /** What the text of a test has in it that needs the part. */
  readonly sign: RegExp;
  readonly programs: readonly string[];
  readonly rootBecause?: string;
  readonly mounts?: true;
  readonly containers?: true;
}

const parts: readonly Part[] = [
  {
    sign: /\/slurm\/start-slurm\.ts'/,
    programs: ['slurmctld', 'slurmd', 'sbatch', 'munged'],
    rootBecause: 'a private Slurm can only be started by root',
  },
  { sign: /\baccounting: true,/, programs: ['slurmdbd', 'mariadbd', 'mariadb-install-db'] },
  {
    sign: /'useradd'/,
    programs: ['useradd', 'userdel', 'groupadd', 'setpriv', 'sudo'],
    rootBecause: 'only root can make accounts',
  },
  { sign: /run\('mount'/, programs: ['mount'], rootBecause: 'only root can mount file systems' },
  { sign: /\/start-ssh-server\.ts'/, programs: ['sshd', 'ssh', 'unshare'], mounts: true },
  { sign: /\/start-unit\.ts'/, programs: ['python3', 'systemd-notify', 'systemd-analyze'] },
  { sign: /\/container-engine\.ts'/, programs: [], containers: true },
  { sign: /'playwright-core'/, programs: ['chromium'] },
  { sign: /'promtool'/, programs: ['promtool'] },
  { sign: /\/package-registry\.ts'/, programs: ['npm', 'openssl', 'flock'] },
  ...['python3', 'ssh-keygen', 'xz', 'zstd', 'prlimit'].map((program) => ({
    sign: new RegExp(`'${program}'`),
    programs: [program],
  })),
];

/** Why a test with this text cannot run on that machine; undefined where it can. */
export function whyLeftOut(text: string, machine: Machine): string | undefined {
  for (const { programs, rootBecause, mounts, containers } of parts.filter(({ sign }) => sign.test(text))) {
    if (rootBecause !== undefined && !machine.isRoot) return rootBecause;
    const missing = programs.filter((program) => !machine.isInstalled(program));
    if (missing.length > 0) return `${missing.join(', ')} not installed`;
    if (mounts && !machine.maySeparateMounts()) return 'this machine allows no mount namespace';
    if (containers && !machine.hasContainers()) return 'neither podman nor docker answers';
  }
  return undefined;
}

/** The tests among these files, from the top of the repository, that cannot run here: by reason. */
export function leftOutHere(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const leftOut = new Map<string, string[]>();
  for (const file of files) {
    const why = whyLeftOut(readFileSync(join(root, file), 'utf8'), thisMachine);
    if (why !== undefined) leftOut.set(why, [...(leftOut.get(why) ?? []), file]);
  }
  return leftOut;
}

const thisMachine: Machine = {
  isRoot: process.getuid?.() === 0,
  isInstalled(program) {
    const places = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
    return places.some((place) => isExecutable(join(place, program)));
  },
  maySeparateMounts: () => spawnSync('unshare', ['--mount', 'true']).status === 0,
  hasContainers: () => containerEngine() !== undefined,
};

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
