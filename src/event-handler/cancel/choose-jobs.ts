import type { Cancellation } from '../../jobs/cancellations.ts';
import type { JobLink } from '../../jobs/handovers.ts';
import type { NotCancelled } from '../../messages/cancel.ts';
import { type Account, isSameAccount } from '../../permissions.ts';
import type { Settings } from '../../settings/settings.ts';
import { type Filter, matcherOf } from '../arguments/filter.ts';
import { type KnownJob, searchableOf } from './read-known-jobs.ts';

/** Which jobs the command names or filters. */
export interface Wanted {
  /** Absent: all that the filters match. */
  readonly ids?: readonly string[];
  readonly filters: readonly Filter[];
}

interface Circumstances {
  readonly by: Account;
  /** The same command ordered this before: do not decide again. */
  readonly isOrdered: (job: JobLink) => boolean;
  /** The cancellation that another command ordered before. */
  readonly cancelledBy: (job: JobLink) => Pick<Cancellation, 'by'> | undefined;
}

export interface Chosen {
  readonly job: JobLink;
  readonly record: OfThis['record'];
  readonly isOrdered: boolean;
}

type OfThis = Extract<KnownJob['of'], { kind: 'this pull request' }>;

/** Chooses the jobs to cancel. Each job that was named or matched is either chosen or refused with a reason. */
export function chooseJobs(
  wanted: Wanted,
  known: readonly KnownJob[],
  circumstances: Circumstances,
  settings: Pick<Settings, 'appName' | 'build'>,
): { readonly chosen: readonly Chosen[]; readonly refused: readonly NotCancelled[] } {
  const chosen: Chosen[] = [];
  const refused: NotCancelled[] = [];
  const choose = ({ job, of }: KnownJob) => {
    const isOrdered = circumstances.isOrdered(job);
    const why = isOrdered ? undefined : whyNot(job, of, wanted, circumstances, settings);
    if (why !== undefined) refused.push({ id: job.id, why });
    else if (of.kind === 'this pull request') chosen.push({ job, record: of.record, isOrdered });
  };
  if (wanted.ids === undefined)
    for (const each of known) if (isMatched(each, wanted, settings, circumstances)) choose(each);
  for (const id of new Set(wanted.ids)) {
    const named = known.filter(({ job }) => job.id === id);
    // Slurm may reuse a number after it has lost its state: the job that has not ended is meant.
    const meant = named.find((each) => !hasEnded(each.of)) ?? named.at(-1);
    if (meant === undefined) refused.push({ id, why: { kind: 'unknown' } });
    else choose(meant);
  }
  return { chosen, refused };
}

/** Filters skip jobs that have ended. */
function isMatched(
  { job, of }: KnownJob,
  { filters }: Wanted,
  { appName }: Pick<Settings, 'appName'>,
  { isOrdered }: Circumstances,
): boolean {
  if (isOrdered(job)) return true;
  if (of.kind === 'another pull request' || hasEnded(of)) return false;
  return matches(of, filters, appName);
}

/** Unknown fields never match, so that no wrong job is cancelled. */
function matches(of: KnownJob['of'], filters: readonly Filter[], appName: string): boolean {
  return matcherOf(filters)({ instance: appName, ...searchableOf(of) });
}

const hasEnded = (of: KnownJob['of']) => of.kind === 'this pull request' && of.record.phase === 'finished';

function whyNot(
  job: JobLink,
  of: KnownJob['of'],
  { filters }: Wanted,
  { by, cancelledBy }: Circumstances,
  { appName, build }: Pick<Settings, 'appName' | 'build'>,
): NotCancelled['why'] | undefined {
  if (of.kind !== 'this pull request') return of;
  const how = of.record.result?.build;
  if (hasEnded(of)) return { kind: 'ended', ...(how && { how }) };
  if (!matches(of, filters, appName)) return { kind: 'not matched' };
  if (!of.isHandedOver) return { kind: 'under way' };
  const { owner } = of;
  if (build.cancelPermission === 'owner' && !(owner && isSameAccount(owner, by)))
    return { kind: 'not the owner', ...(owner && { owner: owner.login }) };
  const before = cancelledBy(job);
  return before && { kind: 'cancelled before', by: before.by };
}
