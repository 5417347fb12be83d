import { execa } from 'execa';

const main = new URL('main.ts', import.meta.url).pathname;

/** `npm run simulate` with these options, to its end. */
export function runSimulator(...options: string[]) {
  return execa(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...options], { reject: false });
}
