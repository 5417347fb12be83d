import { machineClock } from '../../daemon/clock.ts';
import { pause } from '../../daemon/pause.ts';

/** After this long, handling goes on although more is being received. */
const longestMilliseconds = 1_000;

/** Lasts while deliveries are being received. Handling waits for its end: acknowledging with 202 goes first. */
export class Burst {
  #receiving = 0;
  #begun = 0;
  #end = new AbortController();

  /** Counts a delivery that is being received. */
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

  /** Resolves when nothing is being received, or after a second. */
  async isOver(): Promise<void> {
    if (this.#receiving === 0) return;
    const left = this.#begun + longestMilliseconds - machineClock.monotonic();
    if (left > 0) await pause(left, this.#end.signal, { ref: false });
  }
}
