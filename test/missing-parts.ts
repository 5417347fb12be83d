import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Tests that cannot run here, and why. test/install-real-parts.sh has installed what it may. */
export interface MissingPart {
  readonly files: string;
  readonly why: string;
}

/** Looks for what the system tests run on. */
export function missingParts(): readonly MissingPart[] {
  const slurm = ['slurmctld', 'slurmd', 'sbatch', 'munged'].filter((name) => !isInstalled(name));
  const isRoot = process.getuid?.() === 0;
  const missing: MissingPart[] = [];
  if (slurm.length > 0 || !isRoot) {
    const why = isRoot ? `${slurm.join(', ')} not installed` : 'a private Slurm can only be started by root';
    missing.push({ files: 'test/system/!(demo).test.ts', why });
  }
  const accounting = ['slurmdbd', 'mariadbd', 'mariadb-install-db'].filter((name) => !isInstalled(name));
  if (accounting.length > 0) {
    missing.push({ files: 'test/system/slurm-ends.test.ts', why: `${accounting.join(', ')} not installed` });
  }
  if (!isInstalled('chromium')) missing.push({ files: 'test/system/demo.test.ts', why: 'chromium is not installed' });
  if (!isInstalled('ssh-keygen')) {
    missing.push({ files: 'test/scripts/sign-verify-file-ssh.test.ts', why: 'ssh-keygen is not installed' });
  }
  const ssh = ['sshd', 'ssh'].filter((name) => !isInstalled(name));
  if (ssh.length > 0 || !maySeparateMounts()) {
    const why = ssh.length > 0 ? `${ssh.join(', ')} not installed` : 'this machine allows no mount namespace for sshd';
    missing.push({ files: 'test/system/clone-over-ssh.test.ts', why });
  }
  return missing;
}

function maySeparateMounts(): boolean {
  return spawnSync('unshare', ['--mount', 'true']).status === 0;
}

function isInstalled(program: string): boolean {
  const places = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return places.some((place) => {
    try {
      accessSync(join(place, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
