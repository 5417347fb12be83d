import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Job } from './job.ts';
import { writeJob } from './job-store.ts';

/** Starts the process that waits for the job's turn and runs it, and outlives us. Only while holding the lock. */
export function startRunner(directory: string, job: Job): void {
  const program = fileURLToPath(new URL('./run-job.ts', import.meta.url));
  const child = spawn(process.execPath, [program, directory, job.id], { cwd: '/', detached: true, stdio: 'ignore' });
  child.unref();
  if (child.pid === undefined)
    throw new Error(`The runner of job ${job.id} could not be started: no process could be made.`);
  writeJob(directory, { ...job, runner: child.pid });
}
