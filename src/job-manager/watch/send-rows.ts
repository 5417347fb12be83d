import type { JobLink } from '../../jobs/handovers.ts';
import type { JobRecord } from '../../jobs/job-record.ts';
import { Unusable } from '../../jobs/judge-error.ts';
import { jobFields } from '../../jobs/log-fields.ts';
import { renderComment } from '../../messages/render-comment.ts';
import { RefusedByForge } from '../../outside/forge/forge.ts';
import { wordsOf } from '../../words-of.ts';
import type { Followed } from '../records/followed.ts';
import type { Tools } from '../tools.ts';
import { isBehind } from './plan-sends.ts';
import type { SendAttempts } from './send-attempts.ts';

type Needed = Pick<Tools, 'forge' | 'jobs' | 'log' | 'monotonic'>;

/** Updates the comment of one job. Idempotent, as it is sent whole. Gives back the new record. */
export async function sendRows({ job }: Followed, tools: Needed, attempts: SendAttempts): Promise<JobRecord> {
  try {
    const record = await tools.jobs.readToSend(job, tools.forge);
    if (!isBehind(record)) return record;
    attempts.recall(job.id, record.sending, tools.monotonic());
    const sent = await send(job, record, tools);
    attempts.succeeded(job.id, tools.monotonic());
    return sent;
  } catch (error) {
    if (error instanceof Unusable) throw error;
    switch (attempts.failed(job.id, error, tools.monotonic())) {
      case 'all wait':
        throw error;
      case 'alone':
        await tools.jobs.change(job, tools.forge, (now) => ({ ...now, sending: attempts.of(job.id) }));
        throw new Error(`sending the comment of this job failed, and is retried later: ${wordsOf(error)}`, {
          cause: error,
        });
      case 'set aside': {
        const isRefused = error instanceof RefusedByForge;
        const what = isRefused
          ? 'GitHub refuses it again and again'
          : 'for days it could not be sent, though others could';
        return await fallSilent(job, `${what}: ${wordsOf(error)}`, tools);
      }
    }
  }
}

async function send(job: JobLink, record: JobRecord, tools: Needed): Promise<JobRecord> {
  const { forge, jobs, log } = tools;
  const { comment, rows, rowsSent, below, uploading } = record;
  if (comment.kind !== 'posted') return record;
  const answer = await forge.updateComment(
    record,
    comment.id,
    renderComment(comment.head, rows, below, uploading?.text),
  );
  if (answer === 'gone') return await fallSilent(job, 'it was deleted, or may not be written to any more', tools);
  log.info({ ...jobFields(job, record), rows: rows.slice(rowsSent).map(({ state }) => state) }, 'sent rows');
  // Rows may have been added meanwhile.
  return await jobs.change(job, forge, ({ sending: _, ...now }) => ({
    ...now,
    ...(now.uploading && now.uploading.text === uploading?.text && { uploading: { ...now.uploading, isShown: true } }),
    rowsSent: Math.max(now.rowsSent, rows.length),
  }));
}

async function fallSilent(job: JobLink, why: string, { forge, jobs, log }: Needed): Promise<JobRecord> {
  const silent = await jobs.change(job, forge, ({ sending: _, ...now }) => ({
    ...now,
    comment: { kind: 'silent', why },
  }));
  log.warn({ ...jobFields(job, silent), why }, 'the comment of a job is given up: its rows are only in its record');
  return silent;
}
