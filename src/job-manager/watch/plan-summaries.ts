import { isDeepStrictEqual } from 'node:util';
import type { Summary, SummaryRow } from '../../jobs/summaries.ts';

interface SummaryPlan {
  readonly kind: 'show' | 'leave it';
  /** Its command is done, and all its jobs have ended. */
  readonly isAtRest: boolean;
}

/** Plans a summary from the current state of its jobs. `isUnderWay`: its command is still being carried out. */
export function planSummary(
  { said, rows: before }: Summary,
  rows: readonly SummaryRow[],
  isUnderWay: boolean,
): SummaryPlan {
  const isAtRest = !isUnderWay && rows.every(({ hasEnded }) => hasEnded);
  // If there is no job, the answer to the command says why.
  const isEmpty = rows.every(({ job }) => job === '');
  const isShown = isDeepStrictEqual(before, rows);
  return { kind: isEmpty || isShown || said?.kind === 'impossible' ? 'leave it' : 'show', isAtRest };
}
