import { hasCode } from './has-code.ts';
import { asSeen, isEnded, type Job } from './job.ts';
import { allJobs, clusterSettings, writeJob } from './job-store.ts';
import { locked } from './locked.ts';

/** Cancels jobs as scancel does: what waits is CANCELLED at once, what runs by its runner. */
export function cancelJobs(directory: string, isMeant: (job: Job) => boolean): void {
  locked(directory, () => {
    const jobs = allJobs(directory);
    for (const job of jobs) if (isMeant(job) && !isEnded(job)) cancel(directory, job, jobs);
  });
}

function cancel(directory: string, job: Job, jobs: readonly Job[]) {
  if (job.state === 'PENDING') {
    const now = Date.now();
    const { reason } = asSeen(job, jobs, clusterSettings(directory).cpus, now);
    writeJob(directory, { ...job, state: 'CANCELLED', reason, ended: now });
  } else if (job.runner !== undefined) terminate(job.runner);
}

function terminate(pid: number) {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    // Gone already: as good.
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}
