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
export const submittedDir = (jobIdsDir: string) => join(jobIdsDir, 'submitted');
export const finishedDir = (jobIdsDir: string) => join(jobIdsDir, 'finished');
export const failedDir = (jobIdsDir: string) => join(jobIdsDir, 'failed');

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
  const isDone = await isFinished(jobIdsDir, job);
  if (!isDone) {
    if ((await lookFor(job, submittedDir(jobIdsDir))) === 'another') return 'waits';
    await followJob(jobIdsDir, job);
  }
  await removeDurably(join(handedOverDir(stateDir), job.id));
  return isDone ? 'finished' : 'taken';
}

/** Puts a job where the watch looks; one that is there is left. */
export async function followJob(jobIdsDir: string, job: JobLink): Promise<void> {
  await makeDirectory(submittedDir(jobIdsDir));
  await linkJob(submittedDir(jobIdsDir), job);
}

/** Whether a job was put away since nothing is left to do with it. */
export async function isFinished(jobIdsDir: string, job: JobLink): Promise<boolean> {
  return (await lookFor(job, finishedDir(jobIdsDir))) === 'this one';
}

/** Whether a job was set aside. */
export async function isSetAside(jobIdsDir: string, job: JobLink): Promise<boolean> {
  return (await lookFor(job, failedDir(jobIdsDir))) === 'this one';
}

/** Whether a directory has a link to this job, or to another one that Slurm gave the same id. */
async function lookFor(job: JobLink, directory: string): Promise<'this one' | 'another' | 'nothing'> {
  const link = await readLink(join(directory, job.id));
  if (link === undefined) return 'nothing';
  return isWorkDirOf(job.directory, link) ? 'this one' : 'another';
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

/** Jobs that were set aside. */
export async function readJobsSetAside(jobIdsDir: string): Promise<JobLink[]> {
  return await readLinks(failedDir(jobIdsDir));
}

/** Moves a job from where it is handed over or followed into `failed/`; one that the queue alone shows is linked there. Safe to do again. */
export async function leaveJob(stateDir: string, jobIdsDir: string, job: JobLink): Promise<void> {
  const failed = failedDir(jobIdsDir);
  await makeDirectory(failed, 0o700);
  for (const directory of [handedOverDir(stateDir), submittedDir(jobIdsDir)]) {
    if ((await lookFor(job, directory)) === 'this one')
      await moveDurably(join(directory, job.id), join(failed, job.id));
  }
  if (await isSetAside(jobIdsDir, job)) return;
  await removeDurably(join(failed, job.id)); // of another job, from before Slurm began to count anew
  await linkJob(failed, job);
}

/** The way back, into `submitted/`. `waits`: another job that Slurm gave the same id is followed, and must come to its end first. */
export async function followAgain(jobIdsDir: string, id: string): Promise<'followed' | 'waits'> {
  const from = join(failedDir(jobIdsDir), id);
  const submitted = submittedDir(jobIdsDir);
  const job = { id: id as JobId, directory: (await readLink(from)) ?? '' };
  if ((await lookFor(job, submitted)) === 'another') return 'waits';
  await makeDirectory(submitted);
  await moveDurably(from, join(submitted, id));
  return 'followed';
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
