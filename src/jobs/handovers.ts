import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { linkDurably, makeDirectory, moveDurably, removeDurably } from '../outside/files/durable-files.ts';
import { hasCode } from '../outside/files/has-code.ts';
import { listNames } from '../outside/files/list-names.ts';
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

/**
 * The event handler's last step for a job: from now on the job manager owns it. `waits`: an earlier job with the same id was handed over, and
 * is not taken yet.
 */
export async function handOver(stateDir: string, job: JobLink): Promise<'handed over' | 'waits'> {
  await makeDirectory(handedOverDir(stateDir), 0o700);
  await linkJob(handedOverDir(stateDir), job);
  return (await lookFor(job, handedOverDir(stateDir))) === 'another' ? 'waits' : 'handed over';
}

/** Links DIRECTORY/ID to the job's directory, unless there is a link. */
export async function linkJob(directory: string, job: JobLink): Promise<void> {
  await linkDurably(job.directory, join(directory, job.id));
}

/** The same; the link of an earlier job of this id is replaced. */
export async function linkNewestJob(directory: string, job: JobLink): Promise<void> {
  await linkJob(directory, job);
  if ((await lookFor(job, directory)) === 'this one') return;
  await removeDurably(join(directory, job.id));
  await linkJob(directory, job);
}

/** Jobs handed over and not yet taken. */
export async function readHandovers(stateDir: string): Promise<JobLink[]> {
  return await readLinks(handedOverDir(stateDir));
}

/**
 * The job manager takes a job: it makes the link in `submitted/`, then removes the handover. Idempotent; a finished job (the queue shows it for
 * a while after its end) is not taken again. If Slurm began to count anew, an earlier job with this id must end first; then the new one
 * takes its place.
 */
export async function takeJob(
  stateDir: string,
  jobIdsDir: string,
  job: JobLink,
): Promise<'taken' | 'finished' | 'waits'> {
  const isDone = await isFinished(jobIdsDir, job);
  if (!isDone && (await followJob(jobIdsDir, job)) === 'waits') return 'waits';
  await unlinkJob(handedOverDir(stateDir), job);
  return isDone ? 'finished' : 'taken';
}

/** Follows a job. `waits`: another job of this id is followed, and must end first. */
export async function followJob(jobIdsDir: string, job: JobLink): Promise<'followed' | 'waits'> {
  const submitted = submittedDir(jobIdsDir);
  await makeDirectory(submitted);
  await linkJob(submitted, job);
  return (await lookFor(job, submitted)) === 'this one' ? 'followed' : 'waits';
}

/** Whether a job is done. */
export async function isFinished(jobIdsDir: string, job: JobLink): Promise<boolean> {
  return (await lookFor(job, finishedDir(jobIdsDir))) === 'this one';
}

/** Whether a job was set aside, or another one of this id. */
export async function lookAmongSetAside(jobIdsDir: string, job: JobLink): Promise<Found> {
  return await lookFor(job, failedDir(jobIdsDir));
}

type Found = 'this one' | 'another' | 'nothing';

/** Whether it is the same job, by its directory: Slurm reuses ids. */
export function isSameJob(one: JobLink, other: JobLink): boolean {
  return one.id === other.id && isWorkDirOf(one.directory, other.directory);
}

/** Whether a directory links this job, or another one of this id. */
async function lookFor(job: JobLink, directory: string): Promise<Found> {
  const link = await readLink(join(directory, job.id));
  if (link === undefined) return 'nothing';
  return isWorkDirOf(job.directory, link) ? 'this one' : 'another';
}

/** Removes a job's link; that of another job is left. */
async function unlinkJob(directory: string, job: JobLink): Promise<void> {
  if ((await lookFor(job, directory)) === 'this one') await removeDurably(join(directory, job.id));
}

async function readLink(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    if (hasCode(error, 'EINVAL')) return path; // not a link: another bot's
    throw error;
  }
}

/** Followed jobs. */
export async function readSubmitted(jobIdsDir: string): Promise<JobLink[]> {
  return await readLinks(submittedDir(jobIdsDir));
}

/** Puts a finished job away. */
export async function finishJob(jobIdsDir: string, id: JobId): Promise<void> {
  await makeDirectory(finishedDir(jobIdsDir));
  await moveDurably(join(submittedDir(jobIdsDir), id), join(finishedDir(jobIdsDir), id));
}

/**
 * All unfinished jobs: handed over, followed, or set aside. A job may move meanwhile: the directories are read in the order in which jobs move,
 * and the followed ones again at the end, as a job that was set aside may be replayed.
 */
export async function readUnfinished(stateDir: string, jobIdsDir: string): Promise<JobLink[]> {
  const submitted = submittedDir(jobIdsDir);
  const jobs: JobLink[] = [];
  for (const directory of [handedOverDir(stateDir), submitted, failedDir(jobIdsDir), submitted])
    jobs.push(...(await readLinks(directory)));
  return jobs;
}

/**
 * Moves a job to `failed/`, from the handovers (perhaps on another file system) or the followed jobs. Links of another job with this id are
 * left. Idempotent.
 */
export async function moveToFailed(stateDir: string, jobIdsDir: string, job: JobLink): Promise<void> {
  const failed = failedDir(jobIdsDir);
  await makeDirectory(failed, 0o700);
  await linkJob(failed, job);
  if ((await lookFor(job, failed)) !== 'this one') return;
  for (const directory of [handedOverDir(stateDir), submittedDir(jobIdsDir)]) await unlinkJob(directory, job);
}

/** Moves a job from `failed/` back to `submitted/`. `waits`: as for {@link followJob}. */
export async function followAgain(jobIdsDir: string, id: string): Promise<'followed' | 'waits'> {
  const directory = await readLink(join(failedDir(jobIdsDir), id));
  if (directory === undefined) return 'followed'; // replayed by somebody else meanwhile
  const job = { id: id as JobId, directory };
  if ((await followJob(jobIdsDir, job)) === 'waits') return 'waits';
  await unlinkJob(failedDir(jobIdsDir), job);
  return 'followed';
}

/** The links in a directory whose names are job ids. */
export async function readLinks(directory: string): Promise<JobLink[]> {
  const links: JobLink[] = [];
  for (const name of await listNames(directory)) {
    const link = await readJobLink(directory, name);
    if (link !== undefined) links.push(link);
  }
  return links;
}

/** Undefined if it is gone, is not a link, or its name is not a job id. */
export async function readJobLink(directory: string, name: string): Promise<JobLink | undefined> {
  if (!isJobId(name)) return undefined;
  try {
    return { id: name, directory: await readlink(join(directory, name)) };
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EINVAL')) return undefined;
    throw error;
  }
}
