import { join, posix } from 'node:path';
import type { Logger } from '../../daemon/logger.ts';
import { isDiskTrouble } from '../../outside/files/disk-trouble.ts';
import { listNames } from '../../outside/files/list-names.ts';
import { readUntrusted } from '../../outside/files/read-untrusted.ts';
import { isMonth, longestListBytes, uploadedListIn } from '../directories.ts';
import { fullName } from '../forge-names.ts';
import { readJobLink } from '../handovers.ts';
import { readMetadata } from '../metadata.ts';
import { readUploadsBefore, type UploadNoted, uploadsBeforePath, writeUploadsBefore } from './uploads-before.ts';

interface Site {
  readonly settings: { readonly stateDir: string; readonly build: { readonly jobsBaseDir: string } };
  readonly log: Logger;
}

/** Imports all uploaded.txt files into the state directory, unless an earlier start did. */
export async function importUploadedLists({ settings, log }: Site): Promise<void> {
  const { stateDir } = settings;
  if ((await readUploadsBefore(stateDir)) !== undefined) return;
  const uploads: UploadNoted[] = [];
  for (const { path, pullRequest } of await findPullRequestDirectories(settings.build.jobsBaseDir, log))
    uploads.push(...(await readList(path, pullRequest, settings, log)));
  await writeUploadsBefore(stateDir, uploads);
  log.info({ uploads: uploads.length }, 'imported uploaded.txt files: from now on only the ledger counts');
}

async function findPullRequestDirectories(jobsBaseDir: string, log: Logger) {
  const found: { readonly path: string; readonly pullRequest: number }[] = [];
  for (const month of await listNames(jobsBaseDir)) {
    if (!isMonth(month)) continue;
    for (const name of await namesIn(join(jobsBaseDir, month), log)) {
      const number = /^pr_(\d{1,15})$/.exec(name)?.[1];
      if (number !== undefined) found.push({ path: join(jobsBaseDir, month, name), pullRequest: Number(number) });
    }
  }
  return found;
}

/** A path that is not a directory, or is not readable, does not stop the import. */
async function namesIn(directory: string, log: Logger): Promise<string[]> {
  try {
    return await listNames(directory);
  } catch (error) {
    if (isDiskTrouble(error)) throw error;
    log.warn({ err: error, directory }, 'a directory cannot be listed: uploaded.txt files in it are not imported');
    return [];
  }
}

async function readList(
  pullRequestDir: string,
  pullRequest: number,
  { stateDir }: Site['settings'],
  log: Logger,
): Promise<UploadNoted[]> {
  const path = uploadedListIn(pullRequestDir);
  const reading = await readUntrusted(path, longestListBytes);
  if (reading.kind === 'missing') return [];
  if (reading.kind === 'unusable') {
    const mend = `put a text file in its place, remove ${uploadsBeforePath(stateDir)}, and restart the job manager`;
    log.error({ path, why: reading.why, mend }, 'uploaded.txt cannot be read: its artefacts may be uploaded again');
    return [];
  }
  const uploads: UploadNoted[] = [];
  for (const line of reading.text.split(/\r?\n/).filter((each) => each !== '')) {
    const [job, artefact] = [posix.dirname(line), posix.basename(line)];
    uploads.push({ pullRequest, repository: await repositoryOf(pullRequestDir, job), job, artefact });
  }
  return uploads;
}

/** Undefined if the job is gone. */
async function repositoryOf(pullRequestDir: string, job: string): Promise<string | undefined> {
  const link = await readJobLink(pullRequestDir, job).catch(() => undefined);
  const reading = link && (await readMetadata(link.directory, link.id));
  return reading?.kind === 'metadata' ? fullName(reading.metadata.repository) : undefined;
}
