import { machineClock } from '../../../daemon/clock.ts';
import { PerhapsGone } from '../forge.ts';

/** Gone: not shown so often in a row, over so long. By then a lagging replica or an incident is mostly over. */
const timesInARow = 3;
const overMilliseconds = 15 * 60 * 1000;
/** Bounded: nobody asks for a missing thing for long. */
const subjectsKept = 10_000;

/** What GitHub did not show when asked: once is no proof that it is gone. A restart begins anew. */
export class Doubts {
  readonly #monotonic: () => number;
  readonly #notShown = new Map<string, { times: number; readonly since: number }>();

  constructor(monotonic: () => number = machineClock.monotonic) {
    this.#monotonic = monotonic;
  }

  /** Asks about a subject (a comment, an issue). `gone`: repeatedly not shown; before that throws {@link PerhapsGone}. */
  async ask<T>(subject: string, request: () => Promise<T>): Promise<T | 'gone'> {
    try {
      const answer = await request();
      this.#notShown.delete(subject);
      return answer;
    } catch (error) {
      if (error instanceof PerhapsGone) {
        if (this.#isGone(subject)) return 'gone';
      } else this.#notShown.delete(subject); // inconsistent answers: not gone
      throw error;
    }
  }

  #isGone(subject: string): boolean {
    const doubt = this.#notShown.get(subject) ?? { times: 0, since: this.#monotonic() };
    doubt.times += 1;
    this.#notShown.set(subject, doubt);
    const [oldest] = this.#notShown.keys();
    if (this.#notShown.size > subjectsKept && oldest !== undefined) this.#notShown.delete(oldest);
    return doubt.times >= timesInARow && this.#monotonic() - doubt.since >= overMilliseconds;
  }
}
