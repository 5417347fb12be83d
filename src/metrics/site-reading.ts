import type { Clock } from '../daemon/clock.ts';
import { within } from '../daemon/within.ts';
import type { SiteState } from '../jobs/site-state.ts';

/** A state, and when it was read. */
export interface StateAt {
  readonly state: SiteState;
  readonly at: Date;
}

const freshMilliseconds = 15_000;
const patienceMilliseconds = 2_000;

/**
 * What is on the disk, for those who ask again and again: it is read while they do, and every 15 s at most. While the file server does not
 * answer they get what was read last, with its time.
 */
export class SiteReading {
  readonly #read: () => Promise<SiteState>;
  readonly #clock: Clock;
  #last: (StateAt & { readonly monotonic: number }) | undefined;
  #reading: Promise<void> | undefined;

  constructor(read: () => Promise<SiteState>, clock: Clock) {
    this.#read = read;
    this.#clock = clock;
  }

  /** Undefined: it could not be read yet. Never throws. */
  async latest(): Promise<StateAt | undefined> {
    const last = this.#last;
    if (last !== undefined && this.#clock.monotonic() - last.monotonic < freshMilliseconds) return last;
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = undefined;
    });
    await within(patienceMilliseconds, this.#reading, undefined);
    return this.#last;
  }

  async #readNow(): Promise<void> {
    try {
      const state = await this.#read();
      this.#last = { state, at: this.#clock.now(), monotonic: this.#clock.monotonic() };
    } catch {} // its time tells that it is old
  }
}
