import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { listNames, noneIfNoDirectory } from '../outside/files/list-names.ts';
import type { SealedKind } from '../outside/files/seal.ts';
import { isMonth } from './directories.ts';
import { failedDir, finishedDir, readHandovers, readLinks, submittedDir } from './handovers.ts';
import { placeOfRecord, recordName } from './job-record.ts';
import { isFileOfOurs } from './names-on-disk.ts';
import { plansDir, readOpenPlans } from './plans.ts';
import { previewsDir } from './previews.ts';
import { summaryDirs } from './summaries.ts';

/** The directories of sealed files. */
export interface SealedPlaces {
  readonly stateDir: string;
  readonly jobIdsDir: string;
  readonly jobsBaseDir: string;
}

/** A file that must carry a seal. */
export interface SealedFile {
  readonly kind: SealedKind;
  /** The place that its seal names. */
  readonly place: string;
  readonly path: string;
}

/** All sealed files except the marker; records of jobs may be missing. */
export async function* listSealedFiles(places: SealedPlaces): AsyncGenerator<SealedFile> {
  const { stateDir } = places;
  for (const stage of ['new', 'done', 'failed']) yield* filesIn('delivery', join(stateDir, 'inbox', stage));
  yield* filesIn('plan', plansDir(stateDir));
  for (const stage of ['.', 'done', 'failed']) yield* filesIn('order', join(stateDir, 'orders', stage));
  for (const directory of summaryDirs(stateDir)) yield* filesIn('summary', directory);
  yield* ofPullRequests('pull request', join(stateDir, 'pulls'));
  yield* ofPullRequests('preview', previewsDir(stateDir));
  for (const directory of await jobDirectories(places))
    yield { kind: 'job record', place: placeOfRecord(directory), path: join(directory, recordName) };
}

async function* filesIn(kind: SealedKind, directory: string): AsyncGenerator<SealedFile> {
  for (const name of (await listNames(directory)).filter(isFileOfOurs))
    yield { kind, place: name, path: join(directory, name) };
}

async function* ofPullRequests(kind: SealedKind, top: string): AsyncGenerator<SealedFile> {
  for (const owner of await listNames(top)) {
    for (const repository of await listNames(join(top, owner))) {
      for (const name of (await listNames(join(top, owner, repository))).filter(isFileOfOurs)) {
        const place = `${owner}/${repository}/${basename(name, '.json')}`;
        yield { kind, place, path: join(top, owner, repository, name) };
      }
    }
  }
}

/** The directories of all jobs that may still be used: those with a link anywhere, and those that an open plan has prepared. */
async function jobDirectories({ stateDir, jobIdsDir, jobsBaseDir }: SealedPlaces): Promise<ReadonlySet<string>> {
  const links = [...(await readHandovers(stateDir))];
  for (const directory of [submittedDir, failedDir, finishedDir])
    links.push(...(await readLinks(directory(jobIdsDir))));
  const found = new Set<string>();
  const openPlans = await readOpenPlans(stateDir);
  for (const month of await listNames(jobsBaseDir)) {
    if (!isMonth(month)) continue;
    for (const name of await listNames(join(jobsBaseDir, month)).catch(noneIfNoDirectory)) {
      const pullRequest = join(jobsBaseDir, month, name);
      if (!/^pr_\d+$/.test(name)) continue;
      links.push(...(await readLinks(pullRequest).catch(noneIfNoDirectory)));
      for (const guid of openPlans) await addPrepared(join(pullRequest, `event_${guid}`), found, 12);
    }
  }
  for (const { directory } of links) found.add(directory);
  return found;
}

/** Finds the jobs below the directory of an event. A directory with `cfg` is a job, with or without a record. */
async function addPrepared(directory: string, found: Set<string>, depth: number): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(noneIfNoDirectory);
  if (entries.some(({ name }) => name === recordName)) found.add(directory);
  else if (depth > 0 && !entries.some(({ name }) => name === 'cfg')) {
    for (const entry of entries)
      if (entry.isDirectory() && !entry.name.startsWith('.'))
        await addPrepared(join(directory, entry.name), found, depth - 1);
  }
}
