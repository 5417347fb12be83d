import { cancelKind, cancellationOf, readCancellations } from '../../jobs/cancellations.ts';
import { findsOrder, placeOrder } from '../../jobs/orders.ts';
import type { Cancelled, NotCancelled } from '../../messages/cancel.ts';
import { isCancelRow, slurmState } from '../../messages/job-rows.ts';
import { addressOf, whyNotToCancel } from '../../outside/slurm/cancel-job.ts';
import type { CancelAnswer, JobReading, Slurm } from '../../outside/slurm/slurm.ts';
import type { CommandContext } from '../commands/command.ts';
import type { Tools } from '../tools.ts';
import { type Chosen, chooseJobs, type Wanted } from './choose-jobs.ts';
import { readKnownJobs } from './read-known-jobs.ts';

type Where = Pick<CommandContext, 'delivery' | 'repository' | 'pullRequest' | 'orderedBy'>;

/**
 * Cancels jobs of a pull request, and tells at once what Slurm said. Of each an order is written before, which the job manager carries out
 * if this process is killed, or Slurm is away, and which names who cancelled the job when its end is told. Safe to do again.
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
  const addresses = chosen.map(({ job, record }) => addressOf(job, record.submission));
  const readings = addresses.length === 0 ? new Map<string, JobReading>() : await slurm.askFor(addresses);
  const [cancelled, later, refused]: [string[], string[], NotCancelled[]] = [[], [], [...refusedBefore]];
  for (const each of chosen) {
    const { id } = each.job;
    const whyNot = whyNotToCancel(readings.get(id));
    const answer = each.isOrdered
      ? await cancelAfterKill(each, whyNot, others.of(each.job)?.isAsked ?? true, slurm)
      : await cancelOne(each, whyNot, where, tools);
    log.info({ job: id, by: by.login, answer }, 'cancelled a job');
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
    ...(whyNot && { slurmWasAway: true }),
  });
  return whyNot ?? (await slurm.cancel(addressOf(job, record.submission)));
}

/** An earlier process, or the job manager, may have cancelled it by then. `isAsked`: Slurm may have been asked to. */
async function cancelAfterKill(
  { job, record }: Chosen,
  whyNot: CancelAnswer | undefined,
  isAsked: boolean,
  slurm: Pick<Slurm, 'cancel'>,
): Promise<CancelAnswer> {
  // The job manager notes in the order that it asks; the order is its own by now.
  if (!isAsked) return whyNot ?? { kind: 'unavailable', message: 'Slurm was away: the job manager asks it' };
  const answer = whyNot ?? (await slurm.cancel(addressOf(job, record.submission)));
  const isOurs = answer.kind === 'ended' && (record.rows.some(isCancelRow) || answer.end?.how === 'cancelled');
  return isOurs ? { kind: 'cancelled' } : answer;
}
