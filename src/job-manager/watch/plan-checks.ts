import type { JobRecord } from '../../jobs/job-record.ts';
import { checkStateOf } from '../../messages/check.ts';
import type { CheckState } from '../../outside/forge/forge.ts';
import type { Settings } from '../../settings/settings.ts';

/** How a job is shown beside its commit. */
export type CheckWay = 'check run' | 'commit status';

export type CheckPlan =
  | { readonly kind: 'leave it' }
  | ({ readonly shows: CheckState } & (
      | { readonly kind: 'create' | 'look, then create'; readonly way: 'check run' }
      | { readonly kind: 'update'; readonly id: number; readonly way: 'check run' }
      | { readonly kind: 'set'; readonly way: 'commit status' }
    ));

const leaveIt = { kind: 'leave it' } as const;

/**
 * What GitHub has to be told of a job beside its commit. A job keeps the way it began with, so that a commit never shows it twice.
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
  const begun = check?.kind === 'creating' ? undefined : check;
  if (begun?.shows === shows) return leaveIt;
  if (begun?.kind !== 'commit status' && checkRuns && mayTry('check run')) {
    if (begun !== undefined) return { kind: 'update', id: begun.id, way: 'check run', shows };
    return { kind: check === undefined ? 'create' : 'look, then create', way: 'check run', shows };
  }
  const canSet = begun?.kind !== 'check run' && commitStatus && mayTry('commit status');
  return canSet ? { kind: 'set', way: 'commit status', shows } : leaveIt;
}
