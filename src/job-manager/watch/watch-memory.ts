import type { Logger } from '../../daemon/logger.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import type { CheckWay } from './plan-checks.ts';
import { SendAttempts } from './send-attempts.ts';
import { SubmittedLinks } from './submitted-links.ts';
import { UnusableJobs } from './unusable-jobs.ts';

/** What the watch keeps from one interval to the next. Losing it costs a few requests. */
export class WatchMemory {
  readonly sending = new SendAttempts();
  /** A way to show checks, for which the App was seen to lack the permission -> when to try again, by the monotonic clock. */
  readonly notPermittedUntil = new Map<CheckWay, number>();
  /** Subject (a job, its release, a summary, the queue) -> its trouble as last logged: each is logged once, not in every interval. */
  readonly told = new Map<string, string>();
  /** Job, or the subject of a summary -> its last error: what it has not synced is synced before a retry. */
  readonly failures = new Map<string, unknown>();
  /** Job -> failed releases, and when to retry, by the monotonic clock. */
  readonly releases = new Map<string, { readonly failures: number; readonly notBefore: number }>();
  readonly unusable = new UnusableJobs();
  readonly submitted = new SubmittedLinks();
  /** Jobs, and summaries by their subject, of this interval. */
  readonly seen = new Set<string>();

  /** Logs a trouble, unless it was logged last for this subject. */
  tell(log: Logger, subject: string, what: string, sentence: string, err?: unknown): void {
    if (this.told.get(subject) === what) return;
    this.told.set(subject, what);
    log.warn({ subject, what, ...(err !== undefined && { err }) }, sentence);
  }

  /** Forgets what is done. */
  keepSeen(): void {
    const isGone = (subject: string) =>
      subject !== 'queue' && !this.seen.has(subject.replace(/^(release|reading job|check of job) /, ''));
    for (const remembered of [this.told, this.failures, this.releases])
      for (const subject of remembered.keys()) if (isGone(subject)) remembered.delete(subject);
    this.seen.clear();
  }
}

/** The subject of a failed release. */
export const releaseOf = (id: JobId) => `release ${id}`;

/** The subject of a job's check. */
export const checkSubject = (id: JobId) => `check of job ${id}`;

/** The subject of a summary. */
export const summarySubject = (name: string) => `summary ${name}`;

/** The subject of an unreadable answer of Slurm about a job. */
export const readingOf = (id: JobId) => `reading job ${id}`;
