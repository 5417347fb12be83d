import { z } from 'zod';
import { type JobRecord, readJobRecord } from '../../jobs/job-record.ts';
import { closeOrder, type OpenOrder } from '../../jobs/orders.ts';
import { maySay } from '../../messages/least-chat-level.ts';
import { ownText } from '../../messages/markdown.ts';
import { type SummarisedJob, summaryComment } from '../../messages/summary.ts';
import { text } from '../../outside/files/shapes.ts';
import type { Comment } from '../../outside/forge/forge.ts';
import { saidShape, sayOnce } from '../../outside/forge/say-once.ts';
import { readProgress, writeProgress } from '../orders/order-progress.ts';
import type { OrderTools } from '../tools.ts';

const progressShape = z.object({
  said: saidShape.exactOptional(),
  /** What was sent last, or may have been. */
  shown: text.transform(ownText).exactOptional(),
});
type Progress = z.infer<typeof progressShape>;

/**
 * Brings the table of a command's jobs up to date, and ends when all of them have. A job whose directory is gone was cleaned up: its
 * table stays as it is.
 */
export async function summaryOrder(open: OpenOrder, tools: OrderTools): Promise<'done' | 'waits'> {
  const { order } = open;
  const { settings, log } = tools;
  if (!maySay('first comment of a job', settings.control.chatLevel)) return await done(open);
  const records: (JobRecord | undefined)[] = [];
  for (const directory of order.directories ?? []) {
    const reading = await readJobRecord(directory);
    if (reading.kind === 'missing') return await done(open);
    records.push(reading.kind === 'record' ? reading.record : undefined);
  }
  const jobs = records.map(summarise);
  const isShown = await show(open, jobs, tools);
  const running = jobs.filter(({ isEnded }) => !isEnded).length;
  if (isShown && running > 0) {
    tools.tell?.(`waits for ${running} of ${jobs.length} jobs that have not ended`);
    return 'waits';
  }
  if (!isShown) log.warn('the table of all jobs is given up: its comment was deleted, or may not be written any more');
  return await done(open);
}

async function done(open: OpenOrder): Promise<'done'> {
  await closeOrder(open);
  return 'done';
}

/** False: it cannot be shown any more. */
async function show(
  { order, ...open }: OpenOrder,
  jobs: readonly SummarisedJob[],
  tools: OrderTools,
): Promise<boolean> {
  const { settings, forge } = tools;
  let progress: Progress = (await readProgress({ order, ...open }, progressShape)) ?? {};
  const keep = async (change: Progress) => {
    progress = { ...progress, ...change };
    await writeProgress({ order, ...open }, progress);
  };
  const body = summaryComment(settings.github.appName, order.by, jobs);
  if (progress.said?.kind !== 'posted') {
    // Where it may have been posted, it is looked for by its text of then: it names the jobs, so no other is the same.
    const first = progress.shown ?? body;
    const isIt = (comment: Comment) => comment.author.isBot && comment.body === first;
    const { repository, pullRequest } = order;
    await sayOnce({ repository, pullRequest, body: first, isIt }, progress.said, forge, (said) =>
      keep({ said, shown: first }),
    );
  }
  const { said, shown } = progress;
  if (said?.kind !== 'posted') return false;
  if (shown === body) return true;
  if ((await forge.updateComment(order.repository, said.id, body)) === 'gone') return false;
  await keep({ shown: body });
  return true;
}

/** Undefined: what the bot keeps of it was changed by something else. */
function summarise(record: JobRecord | undefined): SummarisedJob {
  if (record === undefined) return { state: 'not followed', isEnded: true };
  const { submission, target, comment, commit, phase, rows } = record;
  const finished = rows.findLast(({ state }) => state === 'finished');
  return {
    ...(target && { target }),
    ...(submission.kind === 'submitted' && { id: submission.id }),
    ...(comment.kind === 'posted' && comment.url !== undefined && { url: comment.url }),
    ...(commit !== undefined && { commit }),
    ...(finished && { result: finished.text }),
    state: submission.kind === 'refused' ? 'no job' : phase,
    isEnded: submission.kind === 'refused' || phase === 'finished',
  };
}
