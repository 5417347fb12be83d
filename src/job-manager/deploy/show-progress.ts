import { pause } from '../../daemon/pause.ts';
import { followJob, type JobLink } from '../../jobs/handovers.ts';
import type { JobRecord } from '../../jobs/job-record.ts';
import { readUploadProgress, type UploadProgress } from '../../jobs/upload-report.ts';
import { uploadingNote } from '../../messages/job-rows.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import type { Tools } from '../tools.ts';

/** What is smaller is uploaded before anybody would look. */
const largeBytes = 1024 ** 3;
/** Each look may be an edit of the job's comment. */
const lookEveryMilliseconds = 60_000;

/** What is to be said of an upload; undefined: nothing. */
export function planProgress(artefact: string, progress: UploadProgress | undefined): Markdown | undefined {
  if (progress === undefined || progress.sizeBytes < largeBytes) return undefined;
  return uploadingNote(artefact, progress.sentBytes, progress.sizeBytes);
}

/**
 * Runs an upload, and shows meanwhile how far it is. Whoever records what became of it takes that away again, by {@link withoutProgress}.
 * `report`: beside it the upload says how far it is.
 */
export async function whileShowingProgress<T>(
  upload: () => Promise<T>,
  artefact: string,
  report: string,
  job: JobLink,
  tools: Tools,
): Promise<T> {
  const ended = new AbortController();
  const showing = showUntil(ended.signal, () => showProgress(artefact, report, job, tools), tools);
  try {
    return await upload();
  } finally {
    ended.abort();
    await showing;
  }
}

async function showUntil(ended: AbortSignal, show: () => Promise<void>, { log }: Tools): Promise<void> {
  for (;;) {
    await pause(lookEveryMilliseconds, ended);
    if (ended.aborted) return;
    await show().catch((err: unknown) => log.warn({ err }, 'could not show how far an upload is'));
  }
}

/** Records how far an upload is; the watch sends it as it sends rows. */
export async function showProgress(
  artefact: string,
  report: string,
  job: JobLink,
  { jobs, forge, settings }: Pick<Tools, 'jobs' | 'forge' | 'settings'>,
): Promise<void> {
  const text = planProgress(artefact, await readUploadProgress(report));
  if (text === undefined) return;
  await jobs.change(job, forge, (record) =>
    record.uploading?.text === text ? record : { ...record, uploading: { text, isShown: false } },
  );
  await followJob(settings.jobManager.jobIdsDir, job);
}

/** The same record, where nothing is being uploaded. */
export function withoutProgress(record: JobRecord): JobRecord {
  if (record.uploading === undefined) return record;
  const { uploading: _, ...rest } = record;
  return rest;
}
