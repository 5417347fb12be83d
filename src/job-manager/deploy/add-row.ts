import { followJob, type JobLink, lookAmongSetAside } from '../../jobs/handovers.ts';
import type { JobRecord, Row } from '../../jobs/job-record.ts';
import { Unusable } from '../../jobs/judge-error.ts';
import { isSummarized } from '../../jobs/summaries.ts';
import { comesPerArtefact } from '../../messages/render-comment.ts';
import { withRows } from '../records/job-store.ts';
import type { OrderTools } from '../tools.ts';
import { isBehind } from '../watch/plan-sends.ts';
import { withoutProgress } from './show-progress.ts';

/** Records a row, and has the watch send it. `onlyOnce`: not if the job has a row of an artefact. `waits`: another job with this number is followed. */
export async function addRow(
  { id, directory }: JobLink,
  row: Row,
  tools: OrderTools,
  onlyOnce = false,
): Promise<'done' | 'waits'> {
  const job = { id, directory };
  const isTold = ({ rows }: JobRecord) => onlyOnce && rows.some(comesPerArtefact);
  try {
    const record = await tools.jobs.change(job, tools.forge, (now) => {
      const ended = withoutProgress(now);
      return isTold(now) ? ended : withRows(ended, [row]);
    });
    const { jobManager, stateDir } = tools.settings;
    const { jobIdsDir } = jobManager;
    if (!isBehind(record) && !(await isSummarized(stateDir, directory))) return 'done';
    if ((await lookAmongSetAside(jobIdsDir, job)) === 'this one') return 'done'; // sent when the job is replayed
    // The job was put away. Linked in submitted/ again, the watch sends its row and puts it away once more.
    if ((await followJob(jobIdsDir, job)) !== 'waits') return 'done';
    tools.tell?.(`waits until another job to which Slurm gave the number ${id} has been followed to its end`);
    return 'waits';
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    tools.log.warn({ job: id, why: error.message }, 'a job has no usable record: its uploads are only in the ledger');
    return 'done';
  }
}
