import { isDeepStrictEqual } from 'node:util';
import { type Attempts, afterFailure, noAttempts, policies } from '../../daemon/attempts.ts';
import type { JobLink } from '../../jobs/handovers.ts';

interface Failure {
  readonly job: JobLink;
  readonly why: string;
}

interface Enough extends Failure {
  readonly attempts: Attempts;
}

/**
 * Jobs that fail by their own fault, and for how many intervals in a row, across restarts. An interval without such a failure resets the
 * count; an interval that did not end does not count.
 */
export class UnusableJobs {
  /** The counts; undefined: not recalled yet. */
  #intervals: ReadonlyMap<string, number> | undefined;
  readonly #now = new Map<string, Failure>();

  /** Begins an interval; the first one recalls the counts of earlier processes. */
  async beginInterval(recall: () => Promise<ReadonlyMap<string, number>>): Promise<void> {
    this.#now.clear();
    this.#intervals ??= await recall();
  }

  /** A job failed in this interval; may be called several times. */
  failed(job: JobLink, why: string): void {
    this.#now.set(`${job.id} ${job.directory}`, { job, why });
  }

  /** The jobs to set aside, with their last error; `counts`: to keep, if they changed. */
  endInterval(): { readonly enough: readonly Enough[]; readonly counts?: ReadonlyMap<string, number> } {
    const before = this.#intervals ?? new Map<string, number>();
    const failed = [...this.#now].map(([key, each]) => {
      const times = before.get(key) ?? 0;
      return { key, each, ...afterFailure({ ...noAttempts, all: times, own: times }, { kind: 'own' }, policies.job) };
    });
    // Bounded: a job that cannot be set aside would otherwise be counted, and written, for ever.
    const counts = new Map(failed.map(({ key, attempts }) => [key, Math.min(attempts.own, policies.job.timesOwn)]));
    this.#intervals = counts;
    const enough = failed.flatMap(({ each, attempts, next }) =>
      next.kind === 'set aside' ? [{ ...each, attempts }] : [],
    );
    return isDeepStrictEqual(counts, before) ? { enough } : { enough, counts };
  }
}
