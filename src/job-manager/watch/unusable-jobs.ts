import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type Attempts, afterFailure, noAttempts, policies } from '../../daemon/attempts.ts';
import type { JobLink } from '../../jobs/handovers.ts';
import { writeDurably } from '../../outside/files/durable-files.ts';
import { parseShape } from '../../outside/files/parse-shape.ts';
import { readTextIfThere } from '../../outside/files/read-text-if-there.ts';

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

const failureCountsPath = (stateDir: string) => join(stateDir, 'failing-jobs.json');

const fileSchema = z.object({
  version: z.literal(1),
  intervals: z.record(z.string().max(5_000), z.number().int().min(1).max(1_000)),
});

/** `ID DIRECTORY` -> intervals in a row in which a job failed by its own fault. Empty if the file is damaged: counting begins anew. */
export async function readFailureCounts(stateDir: string): Promise<ReadonlyMap<string, number>> {
  const text = await readTextIfThere(failureCountsPath(stateDir));
  return new Map(Object.entries(parseShape(text ?? '', fileSchema)?.intervals ?? {}));
}

/** Keeps the numbers for the next start. */
export async function writeFailureCounts(stateDir: string, counts: ReadonlyMap<string, number>): Promise<void> {
  const intervals = Object.fromEntries(counts);
  await writeDurably(failureCountsPath(stateDir), `${JSON.stringify({ version: 1, intervals }, null, 2)}\n`);
}
