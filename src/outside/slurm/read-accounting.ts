import type { ProgramResult } from '../processes/run-program.ts';
import { readListing } from './read-listing.ts';

/** sacct's answer; `none`: there is no accounting. */
export function readAccounting(result: ProgramResult) {
  if (result.kind === 'exited' && result.stderr.includes('accounting storage is disabled'))
    return { kind: 'none' } as const;
  return readListing('sacct', result);
}
