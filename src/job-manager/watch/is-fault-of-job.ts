import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { JobLink } from '../../jobs/handovers.ts';
import { isDiskTrouble } from '../../outside/files/disk-trouble.ts';
import { UnusableJob } from '../job-store.ts';

/**
 * Whether a job failed by what is wrong with itself: its files, or the rights of its directory, both of which it can change. What passes
 * when GitHub, Slurm or a disk is back is none; nor is it one where the directory of all jobs cannot be used.
 */
export async function isFaultOfJob(error: unknown, { directory }: JobLink, jobsBaseDir: string): Promise<boolean> {
  if (error instanceof UnusableJob) return true;
  if (!(error instanceof Error) || isDiskTrouble(error)) return false;
  if (isInside(error, directory)) return await canBeUsed(jobsBaseDir);
  // What our own code could not cope with. Node's fetch throws such, too, with what happened as its cause.
  return ['TypeError', 'RangeError', 'SyntaxError', 'ReferenceError'].includes(error.name) && error.cause === undefined;
}

/** Of the system's errors, which name a path. */
function isInside(error: Error, directory: string): boolean {
  const { path, dest } = error as NodeJS.ErrnoException & { readonly dest?: string };
  return [path, dest].some((each) => each === directory || each?.startsWith(`${directory}/`));
}

async function canBeUsed(directory: string): Promise<boolean> {
  try {
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false; // then it is no job's fault, and is told as what it is
  }
}
