import { performance } from 'node:perf_hooks';

/** What time it is, and how much of it passes. */
export interface Clock {
  /** The machine's wall clock, for people and for what other programs read. It may be wrong, and may be set at any time. */
  readonly now: () => Date;
  /**
   * Milliseconds since some moment, the same for all of a process. Nobody sets it, so the difference of two looks is how long it was. It
   * may stand still while the machine sleeps.
   */
  readonly monotonic: () => number;
}

export const machineClock: Clock = { now: () => new Date(), monotonic: () => performance.now() };
