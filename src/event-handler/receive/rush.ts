import { machineClock } from '../../daemon/clock.ts';
import { pause } from '../../daemon/pause.ts';

/** A rush that lasts longer is what a busy day is like: then what was received is not kept waiting any more. */
const longestMilliseconds = 1_000;

/** From the first delivery that is being received until none is. What was received waits for its end: whoever waits for a 202 goes first. */
export class Rush {
  #receiving = 0;
  #begun = 0;
  #end = new AbortController();

  /** Counts one that is being received. */
  async during<T>(receive: () => Promise<T>): Promise<T> {
    if (this.#receiving++ === 0) {
      this.#begun = machineClock.monotonic();
      this.#end = new AbortController();
    }
    try {
      return await receive();
    } finally {
      if (--this.#receiving === 0) this.#end.abort();
    }
  }

  /** Resolves when nothing is being received, or that has lasted for a second. */
  async isOver(): Promise<void> {
    if (this.#receiving === 0) return;
    const left = this.#begun + longestMilliseconds - machineClock.monotonic();
    if (left > 0) await pause(left, this.#end.signal, { ref: false });
  }
}
