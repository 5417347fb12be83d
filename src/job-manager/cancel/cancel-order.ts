import { z } from 'zod';
import { isFinished, type JobLink, lookAmongSetAside } from '../../jobs/handovers.ts';
import { type JobRecord, readJobRecord } from '../../jobs/job-record.ts';
import { Unavailable, Unusable } from '../../jobs/judge-error.ts';
import type { OpenOrder } from '../../jobs/orders.ts';
import { timeShape } from '../../outside/files/shapes.ts';
import { askedJob, whyNotToCancel } from '../../outside/slurm/slurm.ts';
import { readProgress, writeProgress } from '../orders/order-progress.ts';
import { withCancellation } from '../records/job-store.ts';
import type { OrderTools } from '../tools.ts';

/** When Slurm took the cancellation. */
const progressShape = z.object({ cancelledAt: timeShape });

/**
 * Cancels one job. Mostly the event handler, which wrote the order, has done it already; if it was killed, or Slurm was away, it is done
 * here. The order stays open until the job's end is posted, as that says who cancelled it. A job without a record is cancelled, too.
 */
export async function cancelOrder(open: OpenOrder, tools: OrderTools): Promise<'done' | 'waits'> {
  const { job, by } = open.order;
  if (job === undefined) throw new Unusable('it names no job');
  const reading = await readJobRecord(job.directory);
  const record = reading.kind === 'record' ? reading.record : undefined;
  if (record?.phase === 'finished') return 'done';
  const isToBeTold = record !== undefined && (await isFollowed(job, tools.settings.jobManager.jobIdsDir));
  const goOn = () => {
    if (!isToBeTold) return 'done';
    tools.tell?.(`waits until the end of job ${job.id} is told`);
    return 'waits';
  };
  if ((await readProgress(open, progressShape)) !== undefined) return goOn();
  const address = askedJob({ ...record?.submission, ...job });
  const whyNot = whyNotToCancel((await tools.slurm.askFor([address])).get(job.id));
  const noted = whyNot === undefined ? await noteAsked(open) : open;
  const answer = whyNot ?? (await tools.slurm.cancel(address));
  tools.log.info({ job: job.id, by, answer }, 'handled the cancellation of a job');
  switch (answer.kind) {
    case 'cancelled':
      if (isToBeTold) await tellCancelled(job, by, tools);
      await writeProgress(noted, { cancelledAt: tools.now().toISOString() });
      return goOn();
    case 'ended':
      return goOn();
    case 'refused':
      throw new Error(`Slurm does not cancel job ${job.id}: ${answer.message}`);
    case 'unavailable':
      throw new Unavailable(`it is not known whether Slurm has cancelled job ${job.id}: ${answer.message}`);
  }
}

/** Writes into the order that Slurm may have been asked. */
async function noteAsked(open: OpenOrder): Promise<OpenOrder> {
  const { notAskedYet, ...order } = open.order;
  if (notAskedYet === undefined) return open;
  await writeProgress({ ...open, order }, undefined);
  return { ...open, order };
}

async function tellCancelled(job: JobLink, by: string, { jobs, forge, now, log }: OrderTools): Promise<void> {
  const at = now();
  const tell = (record: JobRecord) => (record.phase === 'finished' ? record : withCancellation(record, at, job.id, by));
  try {
    await jobs.change(job, forge, tell);
  } catch (err) {
    if (!(err instanceof Unusable)) throw err;
    // It is cancelled all the same. The watch sets the job aside, with the reason.
    log.warn({ err, job: job.id }, 'the job damaged its record: no row says that it was cancelled');
  }
}

/** Whether the watch will post the end of the job. */
async function isFollowed(job: JobLink, jobIdsDir: string): Promise<boolean> {
  return !(await isFinished(jobIdsDir, job)) && (await lookAmongSetAside(jobIdsDir, job)) !== 'this one';
}
