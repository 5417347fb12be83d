import type { JobRecord } from '../../jobs/job-record.ts';
import { checkStateOf } from '../../messages/check.ts';
import type { CheckState } from '../../outside/forge/forge.ts';
import type { Settings } from '../../settings/settings.ts';

/** How a job is shown beside its commit. */
export type CheckWay = 'check run' | 'commit status';

export type CheckPlan =
  | { readonly kind: 'leave it' }
  /** Without an id it may be there: the answer to an earlier request may be lost, or a job may have put back its record of before. */
  | { readonly kind: 'check run'; readonly id?: number; readonly shows: CheckState }
  | { readonly kind: 'commit status'; readonly shows: CheckState };

const leaveIt = { kind: 'leave it' } as const;

/**
 * Plans what to show for a job beside its commit. A job keeps the way it began with, so that a commit never shows it twice.
 * `mayTry`: whether the App may have the permission.
 */
export function planCheck(
  record: JobRecord,
  { checkRuns, commitStatus }: Pick<Settings['control'], 'checkRuns' | 'commitStatus'>,
  mayTry: (way: CheckWay) => boolean,
): CheckPlan {
  const { check } = record;
  const shows = checkRuns || commitStatus ? checkStateOf(record) : undefined;
  if (shows === undefined || check?.kind === 'impossible') return leaveIt;
  if (check?.shows === shows) return leaveIt;
  if (check?.kind !== 'commit status' && checkRuns && mayTry('check run'))
    return { kind: 'check run', ...(check && { id: check.id }), shows };
  const canSet = check?.kind !== 'check run' && commitStatus && mayTry('commit status');
  return canSet ? { kind: 'commit status', shows } : leaveIt;
}
