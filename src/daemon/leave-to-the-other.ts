import { say } from './terminal.ts';

/** sysexits.h calls it EX_TEMPFAIL. */
const tryAgainLater = 75;

/** What a run that works off once does where another one does so already: it ends, and says nothing that cron would send. */
export function leaveToTheOther(why: string): number {
  say(`Nothing was done by this run: ${why}.`);
  return tryAgainLater;
}
