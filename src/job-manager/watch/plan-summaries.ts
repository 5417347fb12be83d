import { isDeepStrictEqual } from 'node:util';
import type { Summary, SummaryRow } from '../../jobs/summaries.ts';

interface SummaryPlan {
  readonly kind: 'show' | 'leave it';
  /** Nothing changes any more by itself. */
  readonly isAtRest: boolean;
}

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
