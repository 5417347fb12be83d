import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { cancelJobs } from './cancel-jobs.ts';
import { allJobs } from './job-store.ts';

/** Ends all runners of a cluster and what they run, by process id, and waits until they are gone. Held jobs stay held. */
export async function stopAll(directory: string): Promise<void> {
  const left = () => allJobs(directory).filter((job) => job.runner !== undefined && isRunner(job.runner, job.id));
  const ids = new Set(left().map(({ id }) => id));
  if (ids.size > 0) cancelJobs(directory, (job) => ids.has(job.id));
  while (left().length > 0) await pause(50);
}

/** A process id may have been given to somebody else since. */
function isRunner(pid: number, id: string): boolean {
  const words = commandLine(pid);
  return words.some((word) => word.endsWith('/run-job.ts')) && words.includes(id);
}

function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // it has ended, perhaps while its file was read
  }
}
