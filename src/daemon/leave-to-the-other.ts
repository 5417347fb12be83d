import { say } from './terminal.ts';

/** sysexits.h calls it EX_TEMPFAIL. */
const tryAgainLater = 75;

/** Ends a one-shot run if another process runs already: no error, exit code 75. */
export function leaveToTheOther(why: string): number {
  say(`Nothing was done by this run: ${why}.`);
  return tryAgainLater;
}
