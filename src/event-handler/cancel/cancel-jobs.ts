import { cancelKind, cancellationOf, readCancellations } from '../../jobs/cancellations.ts';
import { readJobRecord } from '../../jobs/job-record.ts';
import { findsOrder, placeOrder } from '../../jobs/orders.ts';
import type { Cancelled, NotCancelled } from '../../messages/cancel.ts';
import { slurmState } from '../../messages/job-rows.ts';
import type { RepositoryName } from '../../outside/forge/forge.ts';
import { askedJob, type CancelAnswer, type JobReading, type Slurm, whyNotToCancel } from '../../outside/slurm/slurm.ts';
import type { Account } from '../../permissions.ts';
import type { Tools } from '../tools.ts';
import { type Chosen, chooseJobs, type Wanted } from './choose-jobs.ts';
import { readKnownJobs } from './read-known-jobs.ts';

/** The command, and where it was given. */
interface Where {
  readonly delivery: string;
  readonly repository: RepositoryName;
  readonly pullRequest: number;
  readonly orderedBy: Account;
}

/**
 * Cancels jobs of a pull request, and tells at once what Slurm said. For each job an order is written first: the job manager carries it
 * out if this process is killed or Slurm is away, and it says who cancelled the job. Idempotent.
 */
export async function cancelJobs(
  wanted: Wanted,
  where: Where,
  tools: Pick<Tools, 'settings' | 'now' | 'log'> & { readonly slurm: Pick<Slurm, 'askFor' | 'cancel'> },
): Promise<Omit<Cancelled, 'ids'>> {
  const { settings, slurm, log } = tools;
  const { delivery, orderedBy: by } = where;
  const known = await readKnownJobs(where, wanted.ids ?? [], settings);
  const isPlaced = await findsOrder(settings.stateDir);
  const others = await readCancellations(settings.stateDir);
  const circumstances = {
    by,
    isOrdered: (job: Chosen['job']) => isPlaced(cancellationOf(delivery, job)),
    cancelledBy: (job: Chosen['job']) => others.of(job),
  };
  const { chosen, refused: refusedBefore } = chooseJobs(wanted, known, circumstances, settings);
  const addresses = chosen.map(({ job, record }) => askedJob({ ...record.submission, ...job }));
  const readings = addresses.length === 0 ? new Map<string, JobReading>() : await slurm.askFor(addresses);
  const [cancelled, later, refused]: [string[], string[], NotCancelled[]] = [[], [], [...refusedBefore]];
  for (const each of chosen) {
    const { id } = each.job;
    const whyNot = whyNotToCancel(readings.get(id));
    const answer = each.isOrdered
      ? await cancelAfterKill(each, whyNot, tools)
      : await cancelOne(each, whyNot, where, tools);
    log.info({ job: id, by: by.login, answer }, 'handled the cancellation of a job');
    if (answer.kind === 'cancelled') cancelled.push(id);
    else if (answer.kind === 'unavailable') later.push(id);
    else if (answer.kind === 'ended')
      refused.push({ id, why: { kind: 'ended', ...(answer.end && { how: slurmState(answer.end.how) }) } });
    else refused.push({ id, why: answer });
  }
  return { cancelled, later, refused };
}

async function cancelOne(
  { job, record }: Chosen,
  whyNot: CancelAnswer | undefined,
  { delivery, repository, pullRequest, orderedBy }: Where,
  { settings, slurm, now }: Pick<Tools, 'settings' | 'now'> & { readonly slurm: Pick<Slurm, 'cancel'> },
): Promise<CancelAnswer> {
  if (whyNot?.kind === 'ended') return whyNot;
  await placeOrder(settings.stateDir, {
    ...{ version: 1, kind: cancelKind, repository, pullRequest, by: orderedBy.login, job },
    ...{ delivery: cancellationOf(delivery, job), at: now().toISOString() },
    ...(whyNot && { notAskedYet: true }),
  });
  return whyNot ?? (await slurm.cancel(askedJob({ ...record.submission, ...job })));
}

/**
 * An earlier process, or the job manager, may have cancelled the job already; the order and the record show that. Read after asking Slurm:
 * the job manager notes in the order that it asks Slurm, before it runs scancel.
 */
async function cancelAfterKill(
  { job, record }: Chosen,
  whyNot: CancelAnswer | undefined,
  { settings, slurm }: Pick<Tools, 'settings'> & { readonly slurm: Pick<Slurm, 'cancel'> },
): Promise<CancelAnswer> {
  const order = (await readCancellations(settings.stateDir)).of(job);
  // Only the job manager may change the order now, and it has to note that it asks Slurm.
  if (whyNot === undefined && order?.isAsked === false)
    return { kind: 'unavailable', message: 'Slurm did not say which job it is: the job manager asks again' };
  const answer = whyNot ?? (await slurm.cancel(askedJob({ ...record.submission, ...job })));
  if (answer.kind !== 'ended') return answer;
  const isByOrder = order?.isAsked === true && answer.end?.how === 'cancelled';
  return isByOrder || (await isToldCancelled(job)) ? { kind: 'cancelled' } : answer;
}

async function isToldCancelled({ directory }: Chosen['job']): Promise<boolean> {
  const reading = await readJobRecord(directory);
  return reading.kind === 'record' && reading.record.cancelled !== undefined;
}
