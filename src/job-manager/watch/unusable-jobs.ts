import { isDeepStrictEqual } from 'node:util';
import type { JobLink } from '../../jobs/handovers.ts';
import { planRetry } from '../../jobs/plan-retry.ts';

/** In each interval, until it has failed by its own fault in so many in a row. */
const patience = { pausesSeconds: [0], timesAllowed: 20 };

interface Failure {
  readonly job: JobLink;
  readonly why: string;
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
  endInterval(): { readonly enough: readonly Failure[]; readonly counts?: ReadonlyMap<string, number> } {
    const before = this.#intervals ?? new Map<string, number>();
    // No more than is enough: one that cannot be set aside is not counted, and written, for ever.
    const onceMore = (key: string) => Math.min((before.get(key) ?? 0) + 1, patience.timesAllowed);
    const counts = new Map([...this.#now.keys()].map((key) => [key, onceMore(key)]));
    this.#intervals = counts;
    const isEnough = (key: string) => {
      const times = counts.get(key) ?? 0;
      const attempts = { all: times, own: times, forMilliseconds: 0 };
      return planRetry(attempts, { kind: 'own' }, patience).kind === 'set aside';
    };
    const enough = [...this.#now].flatMap(([key, each]) => (isEnough(key) ? [each] : []));
    return isDeepStrictEqual(counts, before) ? { enough } : { enough, counts };
  }
}
