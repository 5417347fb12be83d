import { join, posix } from 'node:path';
import { isMonth } from '../../jobs/directories.ts';
import { fullName } from '../../jobs/forge-names.ts';
import { readJobLink } from '../../jobs/handovers.ts';
import { readMetadata } from '../../jobs/metadata.ts';
import {
  readUploadsBefore,
  type UploadNoted,
  uploadsBeforePath,
  writeUploadsBefore,
} from '../../jobs/uploads-before.ts';
import { appendLineUntrusted } from '../../outside/files/append-line.ts';
import { isDiskTrouble } from '../../outside/files/disk-trouble.ts';
import { hasCode } from '../../outside/files/has-code.ts';
import { listNames } from '../../outside/files/list-names.ts';
import { readUntrusted } from '../../outside/files/read-untrusted.ts';
import type { Tools } from '../tools.ts';

// `uploaded.txt` in a pull request's directory has a line ID/ARTEFACT for each upload; the Python bot uses it. We write it so that a site can
// go back to that bot. As jobs can write it, we read it only once, at the first start, for uploads from before there was a ledger.

const longestListBytes = 16 * 1024 * 1024;
const listIn = (pullRequestDir: string) => join(pullRequestDir, 'uploaded.txt');

/** Adds a line, once. If the path is not a text file, it only logs a warning: nothing else depends on the list. */
export async function noteUploaded(pullRequestDir: string, line: string, log: Tools['log']): Promise<void> {
  const path = listIn(pullRequestDir);
  const reading = await readUntrusted(path, longestListBytes);
  const notNoted = (why: string) => {
    log.warn({ path, line, why }, 'an upload is in the ledger, but not in uploaded.txt: put a text file in its place');
  };
  if (reading.kind === 'unusable') return notNoted(reading.why);
  const text = reading.kind === 'text' ? reading.text : '';
  if (text.split(/\r?\n/).includes(line)) return;
  try {
    await appendLineUntrusted(path, text === '' || text.endsWith('\n') ? line : `\n${line}`);
  } catch (error) {
    if (!['ELOOP', 'EISDIR', 'ENXIO'].some((code) => hasCode(error, code))) throw error;
    notNoted('something else was put in its place meanwhile');
  }
}

/** Imports all uploaded.txt files into the state directory, unless an earlier start did. */
export async function importUploadedLists({ settings, log }: Pick<Tools, 'settings' | 'log'>): Promise<void> {
  const { stateDir } = settings;
  if ((await readUploadsBefore(stateDir)) !== undefined) return;
  const uploads: UploadNoted[] = [];
  for (const { path, pullRequest } of await findPullRequestDirectories(settings.build.jobsBaseDir, log))
    uploads.push(...(await readList(path, pullRequest, settings, log)));
  await writeUploadsBefore(stateDir, uploads);
  log.info({ uploads: uploads.length }, 'imported uploaded.txt files: from now on only the ledger counts');
}

async function findPullRequestDirectories(jobsBaseDir: string, log: Tools['log']) {
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
async function namesIn(directory: string, log: Tools['log']): Promise<string[]> {
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
  { stateDir }: Tools['settings'],
  log: Tools['log'],
): Promise<UploadNoted[]> {
  const path = listIn(pullRequestDir);
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
