import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import type { Submission } from './slurm.ts';

/**
 * Whether the submit command of this submission, started by a process that was killed since, still runs on this machine: what it will
 * have submitted, the queue cannot show yet.
 */
export async function isSubmissionUnderWay(submission: Pick<Submission, 'directory' | 'arguments'>): Promise<boolean> {
  const directory = await realpath(submission.directory);
  const script = submission.arguments.at(-1);
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid) || (await workingDirectory(pid)) !== directory) continue;
    // Somebody's shell may stand in the directory, too.
    if ((await lastWord(pid)) === script) return true;
  }
  return false;
}

/** Undefined for what has ended, and for what belongs to others. */
async function workingDirectory(pid: string): Promise<string | undefined> {
  return await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
}

async function lastWord(pid: string): Promise<string | undefined> {
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return words.split('\0').at(-2);
}
