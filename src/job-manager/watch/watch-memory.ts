import type { Logger } from '../../daemon/logger.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import { SendAttempts } from './send-attempts.ts';
import { UnusableJobs } from './unusable-jobs.ts';

/** What the job manager keeps in memory from one interval to the next. Losing it costs a few requests, no more. */
export class WatchMemory {
  readonly sending = new SendAttempts();
  /** What was last logged of a thing that is wrong (a job, its release, the queue), so that each is told once and not every interval. */
  readonly told = new Map<string, string>();
  /** Job -> what it last failed with. */
  readonly failures = new Map<string, unknown>();
  /** Job -> how often it could not be released, and before when, by the monotonic clock, that is not tried again. */
  readonly releases = new Map<string, { readonly failures: number; readonly notBefore: number }>();
  readonly unusable = new UnusableJobs();
  /** Clusters that squeue has shown. */
  readonly clusters = new Set<string>();
  /** Jobs that had their turn in this interval. */
  readonly seen = new Set<string>();

  /** Logs what is wrong with a thing, unless that was the last that was said of it. */
  tell(log: Logger, subject: string, what: string, sentence: string, err?: unknown): void {
    if (this.told.get(subject) === what) return;
    this.told.set(subject, what);
    log.warn({ subject, what, ...(err !== undefined && { err }) }, sentence);
  }

  /** What is remembered of jobs with which nothing is left to do goes. */
  keepSeen(): void {
    const isGone = (subject: string) =>
      subject !== 'queue' && !this.seen.has(subject.replace(/^(release|reading job) /, ''));
    for (const remembered of [this.told, this.failures, this.releases])
      for (const subject of remembered.keys()) if (isGone(subject)) remembered.delete(subject);
    this.seen.clear();
  }
}

/** Under what is told that a job could not be released. */
export const releaseOf = (id: JobId) => `release ${id}`;

/** Under what is told that Slurm's answers about a job could not be read. */
export const readingOf = (id: JobId) => `reading job ${id}`;
