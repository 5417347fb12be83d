import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  hasCode,
  linkDurably,
  listNames,
  makeDirectory,
  moveDurably,
  removeDurably,
} from '../outside/files/durable-files.ts';
import { isWorkDirOf, type JobId } from '../outside/slurm/slurm.ts';
import { isJobId } from './directories.ts';

/** A link named by a Slurm id that leads to a job's directory. */
export interface JobLink {
  readonly id: JobId;
  /** Absolute; may no longer exist. */
  readonly directory: string;
}

const handedOverDir = (stateDir: string) => join(stateDir, 'handed-over');
const submittedDir = (jobIdsDir: string) => join(jobIdsDir, 'submitted');
const finishedDir = (jobIdsDir: string) => join(jobIdsDir, 'finished');

/** The event handler's last act with a job: from here on it is the job manager's. */
export async function handOver(stateDir: string, job: JobLink): Promise<void> {
  await makeDirectory(handedOverDir(stateDir), 0o700);
  await linkJob(handedOverDir(stateDir), job);
}

/** Makes DIRECTORY/ID -> the job's directory. One that is there is left. */
export async function linkJob(directory: string, job: JobLink): Promise<void> {
  await linkDurably(job.directory, join(directory, job.id));
}

/** Jobs handed over and not yet taken. */
export async function readHandovers(stateDir: string): Promise<JobLink[]> {
  return await readLinks(handedOverDir(stateDir));
}

/**
 * The job manager takes a job: its link in `submitted/` is made before the handover goes. Safe to do again; a job that is finished
 * already (the queue shows it for a while after its end) is not taken twice. Where Slurm began to count anew, a job that had this id
 * before must come to its end first; then the new one takes its place.
 */
export async function takeJob(
  stateDir: string,
  jobIdsDir: string,
  job: JobLink,
): Promise<'taken' | 'finished' | 'waits'> {
  const leadsElsewhere = (link: string | undefined) => link !== undefined && !isWorkDirOf(job.directory, link);
  const finished = await readLink(join(finishedDir(jobIdsDir), job.id));
  const isFinished = finished !== undefined && !leadsElsewhere(finished);
  if (!isFinished) {
    if (leadsElsewhere(await readLink(join(submittedDir(jobIdsDir), job.id)))) return 'waits';
    await makeDirectory(submittedDir(jobIdsDir));
    await linkJob(submittedDir(jobIdsDir), job);
  }
  await removeDurably(join(handedOverDir(stateDir), job.id));
  return isFinished ? 'finished' : 'taken';
}

async function readLink(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    if (hasCode(error, 'EINVAL')) return path; // no link: another bot's
    throw error;
  }
}

/** Jobs with which something is left to do. */
export async function readSubmitted(jobIdsDir: string): Promise<JobLink[]> {
  return await readLinks(submittedDir(jobIdsDir));
}

/** Nothing is left to do with this job. */
export async function finishJob(jobIdsDir: string, id: JobId): Promise<void> {
  await makeDirectory(finishedDir(jobIdsDir));
  await moveDurably(join(submittedDir(jobIdsDir), id), join(finishedDir(jobIdsDir), id));
}

/** The links in a directory whose names are job ids. */
export async function readLinks(directory: string): Promise<JobLink[]> {
  const links: JobLink[] = [];
  for (const name of await listNames(directory)) {
    if (!isJobId(name)) continue;
    try {
      links.push({ id: name, directory: await readlink(join(directory, name)) });
    } catch (error) {
      if (!hasCode(error, 'ENOENT') && !hasCode(error, 'EINVAL')) throw error; // gone meanwhile, or no link
    }
  }
  return links;
}
