import type { Logger } from '../../daemon/logger.ts';

const tellMilliseconds = 60_000;

type Facts = Readonly<Record<string, unknown>>;

interface Counted {
  count: number;
  /** The facts of one of them. */
  example?: Facts;
}

/**
 * Logs refusals. Anybody can cause any number of them, so the first of a kind is logged at once, and those that follow within a minute are
 * counted and logged in one line.
 */
export class Refusals {
  readonly #log: Pick<Logger, 'warn'>;
  /** By kind: how many followed the one that was logged. */
  readonly #counted = new Map<string, Counted>();

  constructor(log: Pick<Logger, 'warn'>) {
    this.#log = log;
  }

  /** `kind`: one of a few log messages. `facts`: short fields, read only if they are logged. */
  add(kind: string, facts: () => Facts): void {
    const before = this.#counted.get(kind);
    if (before !== undefined) {
      before.count++;
      before.example ??= facts();
      return;
    }
    this.#counted.set(kind, { count: 0 });
    this.#log.warn(facts(), kind);
  }

  /** Logs the counts each minute. Gives back what ends that, and logs what is left. */
  tellEachMinute(): () => void {
    const telling = setInterval(() => this.tell(), tellMilliseconds).unref();
    return () => {
      clearInterval(telling);
      this.tell();
    };
  }

  /** Logs the counts; call it once a minute. A kind with count 0 is logged at once when it comes again. */
  tell(): void {
    const counted = [...this.#counted].filter(([, { count }]) => count > 0);
    this.#counted.clear();
    for (const [kind] of counted) this.#counted.set(kind, { count: 0 });
    if (counted.length === 0) return;
    const refused = Object.fromEntries(counted.map(([kind, { count }]) => [kind, count]));
    const examples = Object.fromEntries(counted.map(([kind, { example }]) => [kind, example]));
    this.#log.warn({ refused, examples }, 'refused more of the same within a minute');
  }
}
