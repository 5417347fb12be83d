import { type Parameters, readConfigureGlobal } from 'fast-check';

const { FUZZ_RUNS, FUZZ_SEED } = process.env;
const usualRuns = 2_000;

/**
 * How often a property is tried: 2,000 times in CI, or as FUZZ_RUNS says; a slow one fewer times, in proportion. A number and no time
 * limit: what one machine finds another must find too, and a run that is interrupted goes on behind what comes next.
 */
export function howOften(runs = usualRuns): Parameters<unknown> {
  return {
    ...readConfigureGlobal(),
    // The same texts each time in CI; another seed by hand looks for what these miss.
    seed: Number(FUZZ_SEED ?? 1),
    numRuns: Math.ceil((Number(FUZZ_RUNS ?? usualRuns) * runs) / usualRuns),
  };
}
