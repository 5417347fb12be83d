import { type JobReading, terminalStates } from './slurm.ts';

/** What accounting says of a job; `none`: there is no accounting. */
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

/** Whether accounting can tell more of a job than the controller did: how one ended that was forgotten, who cancelled one. */
export function isToAskAccounting(reading: JobReading | undefined): boolean {
  return reading?.kind === 'unknown' || (reading?.kind === 'job' && reading.state === 'CANCELLED');
}

/** What is known of a job, once accounting has been asked too. It lags behind the controller by some seconds, and keeps what that forgets. */
export function addAccount(reading: JobReading, account: AccountReading): JobReading {
  if (reading.kind === 'unreadable' || account.kind === 'none') return reading;
  if (reading.kind === 'job') return addWho(reading, account);
  switch (account.kind) {
    case 'job':
      return terminalStates.has(account.state)
        ? { ...account, reason: '' }
        : { kind: 'unknown', stillToCome: `accounting has it as ${account.state}` };
    case 'unknown':
      return reading;
    case 'unreadable':
      return { kind: 'unknown', stillToCome: account.why };
  }
}

function addWho(reading: JobReading & { readonly kind: 'job' }, account: AccountReading): JobReading {
  if (account.kind === 'unreadable') return reading;
  if (account.kind !== 'job' || account.state !== 'CANCELLED')
    return { ...reading, stillToCome: 'accounting does not have it as CANCELLED yet' };
  return account.cancelledBy === undefined ? reading : { ...reading, cancelledBy: account.cancelledBy };
}
