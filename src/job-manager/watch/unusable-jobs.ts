import { isDeepStrictEqual } from 'node:util';
import { type Attempts, planAttempt, policies } from '../../daemon/attempts.ts';
import type { JobLink } from '../../jobs/handovers.ts';

interface Failure {
  readonly job: JobLink;
  readonly why: string;
}

interface Enough extends Failure {
  readonly attempts: Attempts;
}

/**
 * Which jobs cannot be followed for what is wrong with themselves, and for how many intervals in a row, whichever process saw them. An
 * interval in which a job fails with something else, or not at all, begins its row anew; one that comes to no end does not count.
 */
export class UnusableJobs {
  /** How it stands, job by job; undefined: not recalled yet. */
  #intervals: ReadonlyMap<string, number> | undefined;
  readonly #now = new Map<string, Failure>();

  /** Begins an interval; the first one with what was counted before this process was started. */
  async beginInterval(recall: () => Promise<ReadonlyMap<string, number>>): Promise<void> {
    this.#now.clear();
    this.#intervals ??= await recall();
  }

  /** In this interval; it may say so several times. */
  failed(job: JobLink, why: string): void {
    this.#now.set(`${job.id} ${job.directory}`, { job, why });
  }

  /** The jobs that have failed for long enough, with what they failed with at last; `counts`: to be kept, where they have changed. */
  endInterval(): { readonly enough: readonly Enough[]; readonly counts?: ReadonlyMap<string, number> } {
    const before = this.#intervals ?? new Map<string, number>();
    // No more than is enough: one that cannot be set aside is not counted, and written, for ever.
    const onceMore = (key: string) => Math.min((before.get(key) ?? 0) + 1, policies.job.timesOwn);
    const counts = new Map([...this.#now.keys()].map((key) => [key, onceMore(key)]));
    this.#intervals = counts;
    const enough = [...this.#now].flatMap(([key, each]) => {
      const times = counts.get(key) ?? 0;
      const attempts = { all: times, own: times, forMilliseconds: 0 };
      return planAttempt(attempts, { kind: 'own' }, policies.job).kind === 'set aside' ? [{ ...each, attempts }] : [];
    });
    return isDeepStrictEqual(counts, before) ? { enough } : { enough, counts };
  }
}
