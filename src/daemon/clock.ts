import { performance } from 'node:perf_hooks';

/** Wall time and elapsed time. */
export interface Clock {
  /** The machine's wall clock, for people and other programs. It may be wrong, and may be set at any time. */
  readonly now: () => Date;
  /** Milliseconds since an arbitrary moment of this process: differences are elapsed time. May stand still while the machine sleeps. */
  readonly monotonic: () => number;
}

export const machineClock: Clock = { now: () => new Date(), monotonic: () => performance.now() };
