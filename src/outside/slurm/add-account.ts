import { hasEnded } from './job-state.ts';
import type { PrintedJob, PrintedReading } from './printed-reading.ts';

/** Accounting's answer for a job; `none`: there is no accounting. */
export type AccountReading =
  | {
      readonly kind: 'job';
      readonly state: string;
      readonly exitCode?: string;
      readonly cancelledBy?: string;
      readonly workDir?: string;
    }
  | { readonly kind: 'unknown' | 'none' }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Whether accounting may know more than the controller: how a forgotten job ended, who cancelled one. */
export function isToAskAccounting(reading: PrintedReading | undefined): boolean {
  return reading?.kind === 'unknown' || (reading?.kind === 'job' && reading.state === 'CANCELLED');
}

/** Adds accounting's answer to the controller's. Accounting lags by some seconds, and remembers what the controller forgets. */
export function addAccount(reading: PrintedReading, account: AccountReading): PrintedReading {
  if (reading.kind === 'unreadable' || account.kind === 'none') return reading;
  if (reading.kind === 'job') return addWho(reading, account);
  switch (account.kind) {
    case 'job':
      return hasEnded(account)
        ? { ...account, reason: '' }
        : { kind: 'unknown', stillToCome: `accounting has it as ${account.state}` };
    case 'unknown':
      return reading;
    case 'unreadable':
      return { kind: 'unknown', stillToCome: account.why };
  }
}

function addWho(reading: PrintedJob, account: AccountReading): PrintedReading {
  if (account.kind === 'unreadable') return reading;
  if (account.kind !== 'job' || account.state !== 'CANCELLED')
    return { ...reading, stillToCome: 'accounting does not have it as CANCELLED yet' };
  return account.cancelledBy === undefined ? reading : { ...reading, cancelledBy: account.cancelledBy };
}
