import type { JobLink } from '../../jobs/handovers.ts';

/** For how many intervals in a row a job itself may fail before it is set aside. */
const intervalsAllowed = 20;

interface Failure {
  readonly job: JobLink;
  readonly why: string;
}

/**
 * Which jobs cannot be followed for what is wrong with themselves, and for how many intervals in a row. An interval in which a job fails
 * with something else, or not at all, begins its row anew; one that comes to no end does not count.
 */
export class UnusableJobs {
  /** How it stands, job by job. */
  #intervals: ReadonlyMap<string, number> = new Map();
  readonly #now = new Map<string, Failure>();

  beginInterval(): void {
    this.#now.clear();
  }

  /** In this interval; it may say so several times. */
  failed(job: JobLink, why: string): void {
    this.#now.set(`${job.id} ${job.directory}`, { job, why });
  }

  /** The jobs that have failed for long enough, with what they failed with at last. */
  endInterval(): Failure[] {
    const before = this.#intervals;
    this.#intervals = new Map([...this.#now.keys()].map((key) => [key, (before.get(key) ?? 0) + 1]));
    return [...this.#now].flatMap(([key, each]) => ((this.#intervals.get(key) ?? 0) >= intervalsAllowed ? [each] : []));
  }
}
