import { join } from 'node:path';
import { z } from 'zod';
import { type Attempts, attemptsShape, noAttempts } from '../../daemon/attempts.ts';
import { oneAtATime } from '../../daemon/one-at-a-time.ts';
import { isFileOfOurs } from '../../jobs/names-on-disk.ts';
import { makeDirectory, removeSoon, writeSoon } from '../../outside/files/durable-files.ts';
import { listNames } from '../../outside/files/list-names.ts';
import { parseShape } from '../../outside/files/parse-shape.ts';
import { readTextIfThere } from '../../outside/files/read-text-if-there.ts';

/** The counts that are kept for a waiting delivery. */
export interface AttemptCount {
  /** Attempts in a row that did not end because the process crashed, including the one under way. */
  readonly received: number;
  /** The attempts that failed. */
  readonly attempts: Attempts;
}

/** After this many crashes a delivery is handled alone. */
export const receivedBesideOthers = 3;

const times = z.int().min(0).max(1e9);
const shape = z.object({ version: z.literal(1), received: times, attempts: attemptsShape });

/**
 * The receive counts of the inbox, as queues have them: written before a delivery is handled, to find one that crashes the process. Not
 * synced: a crash of the process loses nothing, and after a power cut or damage counting starts anew.
 */
export class AttemptCounts {
  readonly #directory: string;
  readonly #kept = new Map<string, AttemptCount>();
  readonly #inTurn = oneAtATime();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Reads the counts of the waiting deliveries. An older version had one count for all (`deaths.json`): it counts for each. */
  static async open(inboxDirectory: string): Promise<AttemptCounts> {
    const waiting = (await listNames(join(inboxDirectory, 'new'))).filter(isFileOfOurs);
    const counts = new AttemptCounts(join(inboxDirectory, 'attempts'));
    await makeDirectory(counts.#directory, 0o700);
    for (const name of await listNames(counts.#directory)) {
      const count = parseShape((await readTextIfThere(join(counts.#directory, name))) ?? '', shape);
      if (!waiting.includes(name)) await counts.forget(name);
      else if (count !== undefined) counts.#kept.set(name, count);
    }
    const older = join(inboxDirectory, 'deaths.json');
    const text = await readTextIfThere(older);
    if (text === undefined) return counts;
    const received = Math.min(parseShape(text, z.object({ times }))?.times ?? 0, receivedBesideOthers);
    for (const name of waiting) if (received > 0) await counts.keep(name, { received, attempts: noAttempts });
    await removeSoon(older);
    return counts;
  }

  of(name: string): AttemptCount {
    return this.#kept.get(name) ?? { received: 0, attempts: noAttempts };
  }

  async keep(name: string, count: AttemptCount): Promise<void> {
    this.#kept.set(name, count);
    const text = `${JSON.stringify({ version: 1, ...count })}\n`;
    await this.#inTurn(name, () => writeSoon(join(this.#directory, name), text));
  }

  /** The delivery was handled, or set aside. */
  async forget(name: string): Promise<void> {
    this.#kept.delete(name);
    await this.#inTurn(name, () => removeSoon(join(this.#directory, name)));
  }
}
