import { isDeepStrictEqual } from 'node:util';
import type { Summary, SummaryRow } from '../../jobs/summaries.ts';

export type SummaryPlan =
  /** `isAtRest`: nothing changes any more by itself. */
  { readonly kind: 'show'; readonly isAtRest: boolean } | { readonly kind: 'leave it'; readonly isAtRest: boolean };

/** What to do with a summary of which the jobs are like this now. `isUnderWay`: its command is still being carried out. */
export function planSummary(
  { said, rows: before }: Summary,
  rows: readonly SummaryRow[],
  isUnderWay: boolean,
): SummaryPlan {
  const isAtRest = !isUnderWay && rows.every(({ hasEnded }) => hasEnded);
  // Where no job came about the answer to the command says why.
  const isEmpty = rows.every(({ job }) => job === '');
  const isShown = isDeepStrictEqual(before, rows);
  return { kind: isEmpty || isShown || said?.kind === 'impossible' ? 'leave it' : 'show', isAtRest };
}
