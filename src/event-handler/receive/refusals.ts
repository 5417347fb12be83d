import type { Logger } from '../../daemon/logger.ts';

type Facts = Readonly<Record<string, unknown>>;

interface Counted {
  count: number;
  /** Of one of them. */
  example?: Facts;
}

/**
 * What was refused: anybody can cause any number of refusals, so the first of a kind is logged at once, all that follow it within a minute
 * are counted, and told in one line.
 */
export class Refusals {
  readonly #log: Pick<Logger, 'warn'>;
  /** Of the kinds that were told; the count is of what followed. */
  readonly #counted = new Map<string, Counted>();

  constructor(log: Pick<Logger, 'warn'>) {
    this.#log = log;
  }

  /** `kind`: one of a fixed few, in the words of the log; `facts`: short, asked for where they are told. */
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

  /** To be called once a minute: tells what was counted. A kind of which there was none is told at once when it comes again. */
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
