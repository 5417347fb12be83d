import { type Parameters, readConfigureGlobal } from 'fast-check';

const { FUZZ_RUNS, FUZZ_SEED } = process.env;

/** How often, or how long, a property is tried: a few seconds in CI, as often as FUZZ_RUNS says by hand. */
export function withinLimits(numRuns = 2_000): Parameters<unknown> {
  return {
    ...readConfigureGlobal(),
    // The same texts each time in CI; another seed by hand looks for what these miss.
    seed: Number(FUZZ_SEED ?? 1),
    ...(FUZZ_RUNS === undefined
      ? { numRuns, interruptAfterTimeLimit: 4_000, markInterruptAsFailure: false }
      : { numRuns: Number(FUZZ_RUNS) }),
  };
}
