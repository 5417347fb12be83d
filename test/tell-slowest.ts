import type { Reporter, TestModule } from 'vitest/node';

const howMany = 12;

/** A reporter for CI: at the end, the files whose tests took longest. */
export default class TellSlowest implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const timed = modules.map((each) => ({
      file: each.relativeModuleId,
      seconds: each.diagnostic().duration / 1000,
    }));
    const slowest = timed.toSorted((a, b) => b.seconds - a.seconds).slice(0, howMany);
    console.log('Took longest:');
    for (const { file, seconds } of slowest) console.log(`${seconds.toFixed(1).padStart(7)} s  ${file}`);
  }
}
