import { pause } from '../../daemon/pause.ts';
import { followJob, type JobLink } from '../../jobs/handovers.ts';
import type { JobRecord } from '../../jobs/job-record.ts';
import { readUploadProgress, type UploadProgress } from '../../jobs/upload-report.ts';
import { uploadingNote } from '../../messages/job-rows.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import type { Tools } from '../tools.ts';

/** Smaller artefacts are uploaded before anybody looks. */
const largeBytes = 1024 ** 3;
/** Each update may be an edit of the job's comment. */
const lookEveryMilliseconds = 60_000;

/** The progress to show; undefined: none. */
export function planProgress(artefact: string, progress: UploadProgress | undefined): Markdown | undefined {
  if (progress === undefined || progress.sizeBytes < largeBytes) return undefined;
  return uploadingNote(artefact, progress.sentBytes, progress.sizeBytes);
}

/**
 * Runs an upload, and shows its progress meanwhile. Recording the outcome has to remove that, by {@link withoutProgress}.
 * `report`: the upload writes its progress beside this file.
 */
export async function whileShowingProgress<T>(
  upload: () => Promise<T>,
  artefact: string,
  report: string,
  job: JobLink,
  tools: Pick<Tools, 'jobs' | 'forge' | 'settings' | 'log'>,
): Promise<T> {
  const ended = new AbortController();
  const showing = showUntil(ended.signal, () => showProgress(artefact, report, job, tools), tools.log);
  try {
    return await upload();
  } finally {
    ended.abort();
    await showing;
  }
}

async function showUntil(ended: AbortSignal, show: () => Promise<void>, log: Tools['log']): Promise<void> {
  for (;;) {
    await pause(lookEveryMilliseconds, ended);
    if (ended.aborted) return;
    await show().catch((err: unknown) => log.warn({ err }, 'could not show the progress of an upload'));
  }
}

/** Records the progress of an upload; the watch sends it with the rows. */
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

/** The record without the progress of an upload. */
export function withoutProgress(record: JobRecord): JobRecord {
  if (record.uploading === undefined) return record;
  const { uploading: _, ...rest } = record;
  return rest;
}
