import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { hasCode } from '../files/durable-files.ts';
import type { Submission } from './slurm.ts';

/**
 * Whether the submit command of this submission, started by a process that was killed since, still runs on this machine: what it will
 * have submitted, the queue cannot show yet.
 */
export async function isSubmissionUnderWay(submission: Pick<Submission, 'directory' | 'arguments'>): Promise<boolean> {
  const directory = await realpath(submission.directory);
  const script = submission.arguments.at(-1);
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid)) continue;
    const where = await workingDirectory(pid);
    if (where !== directory && where !== 'hidden') continue;
    // Somebody's shell may stand in the directory, too.
    if ((await lastWord(pid)) === script) return true;
  }
  return false;
}

/**
 * Undefined for what has ended. That of another account's process is hidden: sbatch may run as another account (`job_account`), and
 * then any that has the script as its last word may be the one.
 */
async function workingDirectory(pid: string): Promise<string | undefined> {
  return await readlink(`/proc/${pid}/cwd`).catch((error: unknown) =>
    hasCode(error, 'EACCES') || hasCode(error, 'EPERM') ? 'hidden' : undefined,
  );
}

async function lastWord(pid: string): Promise<string | undefined> {
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return words.split('\0').at(-2);
}
