import { cancelKind, cancellationOf, readCancellations } from '../../jobs/cancellations.ts';
import { findsOrder, placeOrder } from '../../jobs/orders.ts';
import type { Cancelled, NotCancelled } from '../../messages/cancel.ts';
import { isCancelRow, slurmState } from '../../messages/job-rows.ts';
import { addressOf, cancelJob, whyNotToCancel } from '../../outside/slurm/cancel-job.ts';
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
  const fresh = chosen
    .filter(({ isOrdered }) => !isOrdered)
    .map(({ job, record }) => addressOf(job, record.submission));
  const readings = fresh.length === 0 ? new Map<string, JobReading>() : await slurm.askFor(fresh);
  const [cancelled, later, refused]: [string[], string[], NotCancelled[]] = [[], [], [...refusedBefore]];
  for (const each of chosen) {
    const { id } = each.job;
    const answer = await cancelOne(each, readings.get(id), where, tools);
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
  { job, record, isOrdered }: Chosen,
  reading: JobReading | undefined,
  { delivery, repository, pullRequest, orderedBy }: Where,
  { settings, slurm, now }: Pick<Tools, 'settings' | 'now'> & { readonly slurm: Pick<Slurm, 'askFor' | 'cancel'> },
): Promise<CancelAnswer> {
  const address = addressOf(job, record.submission);
  if (isOrdered) return afterKill(await cancelJob(address, slurm), record.rows.some(isCancelRow));
  const whyNot = whyNotToCancel(reading);
  if (whyNot?.kind === 'ended') return whyNot;
  await placeOrder(settings.stateDir, {
    ...{ version: 1, kind: cancelKind, repository, pullRequest, by: orderedBy.login, job },
    ...{ delivery: cancellationOf(delivery, job), at: now().toISOString() },
  });
  return whyNot ?? (await slurm.cancel(address));
}

/** An earlier process, or the job manager, may have cancelled it by then. `isTold`: the job manager has said so. */
function afterKill(answer: CancelAnswer, isTold: boolean): CancelAnswer {
  const isOurs = answer.kind === 'ended' && (isTold || answer.end?.how === 'cancelled');
  return isOurs ? { kind: 'cancelled' } : answer;
}
