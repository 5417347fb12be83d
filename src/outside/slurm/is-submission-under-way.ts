import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { hasCode } from '../files/has-code.ts';
import type { Submission } from './slurm.ts';

/**
 * Whether a submit command that a killed process started for this submission still runs on this machine: the queue cannot show its job
 * yet.
 */
export async function isSubmissionUnderWay(submission: Pick<Submission, 'directory' | 'arguments'>): Promise<boolean> {
  const directory = await realpath(submission.directory);
  const script = submission.arguments.at(-1);
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid)) continue;
    const where = await workingDirectory(pid);
    if (where !== directory && where !== 'hidden') continue;
    // A shell may be in the directory, too.
    if ((await lastWord(pid)) === script) return true;
  }
  return false;
}

/**
 * Undefined for an ended process, and hidden for another account's: sbatch may run as another account (`job_account`), so then any process
 * with the script as its last word counts.
 */
async function workingDirectory(pid: string): Promise<string | undefined> {
  return await readlink(`/proc/${pid}/cwd`).catch((error: unknown) =>
    hasCode(error, 'EACCES', 'EPERM') ? 'hidden' : undefined,
  );
}

async function lastWord(pid: string): Promise<string | undefined> {
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return words.split('\0').at(-2);
}
