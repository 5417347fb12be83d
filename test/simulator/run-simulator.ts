import { execa } from 'execa';

const main = new URL('main.ts', import.meta.url).pathname;
// Nearly all that a history makes is garbage at once. And of the sixty runs of a file of tests only the first compiles the modules.
const ofNode = ['--min-semi-space-size=16', '--max-semi-space-size=32', '--disable-warning=ExperimentalWarning'];
const env = { NODE_COMPILE_CACHE: new URL('../../node_modules/.cache/simulated', import.meta.url).pathname };

/** `npm run simulate` with these options, to its end. */
export function runSimulator(...options: string[]) {
  return execa(process.execPath, [...ofNode, main, ...options], { reject: false, env });
}
