import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { deliveryOf } from '../../jobs/directories.ts';
import { isSameJob, type JobLink, readUnfinished } from '../../jobs/handovers.ts';
import { readJobRecord } from '../../jobs/job-record.ts';
import { readMetadata } from '../../jobs/metadata.ts';
import { readOpenPlans } from '../../jobs/plans.ts';
import { readPullRequestDirectories } from '../../jobs/pull-request-directories.ts';
import { exists } from '../../outside/files/exists.ts';
import { listNames } from '../../outside/files/list-names.ts';
import type { Settings } from '../../settings/settings.ts';
import { isBehind } from '../watch/plan-sends.ts';
import type { DirectoryToCleanUp, JobToCleanUp } from './plan-clean-up.ts';

/** The jobs of a pull request number, of all repositories and months. */
export async function readJobsToCleanUp(
  { build, jobManager, stateDir }: Pick<Settings, 'build' | 'jobManager' | 'stateDir'>,
  pullRequest: number,
  orderedAt: Date,
): Promise<DirectoryToCleanUp[]> {
  const openPlans = await readOpenPlans(stateDir); // read before the directories: a directory of a later plan counts as later work
  const directories: DirectoryToCleanUp[] = [];
  for (const { month, path, jobs: links } of await readPullRequestDirectories(build.jobsBaseDir, pullRequest)) {
    const jobs: JobToCleanUp[] = [];
    for (const link of links) jobs.push(await readJob(link, path, pullRequest, openPlans));
    directories.push({ month, path, jobs, hasLaterWork: await hasLaterWork(path, links, orderedAt, openPlans) });
  }
  // Read after the jobs' own files: a job that was handed over, and is not among these, has ended.
  const unfinished = await readUnfinished(stateDir, jobManager.jobIdsDir);
  return directories.map((directory) => withUnfinished(directory, unfinished));
}

/** Marks the jobs for which the watch, or a person, has something left to do. One that got an earlier job's number has no link here: it counts as later work. */
function withUnfinished(directory: DirectoryToCleanUp, unfinished: readonly JobLink[]): DirectoryToCleanUp {
  const { path, jobs } = directory;
  const isUnfinished = (job: JobLink) => unfinished.some((other) => isSameJob(other, job));
  const hasUnlinked = unfinished.some(
    (other) => other.directory.startsWith(`${path}/`) && !jobs.some((job) => isSameJob(job, other)),
  );
  const nowOf = (job: JobToCleanUp): JobToCleanUp =>
    job.state === 'ended' && isUnfinished(job) ? { ...job, state: 'active' } : job;
  return { ...directory, jobs: jobs.map(nowOf), hasLaterWork: directory.hasLaterWork || hasUnlinked };
}

/** A job, from its own files. */
async function readJob(
  { id, directory }: JobLink,
  path: string,
  pullRequest: number,
  openPlans: ReadonlySet<string>,
): Promise<JobToCleanUp> {
  const { mtime: linkedAt } = await lstat(join(path, id));
  const job = { id, directory, linkedAt };
  if (!(await exists(directory))) return { ...job, state: 'gone' };
  const metadata = await readMetadata(directory, id);
  const reading = await readJobRecord(directory);
  const record = reading.kind === 'record' ? reading.record : undefined;
  const known = record ?? (metadata.kind === 'metadata' ? metadata.metadata : undefined); // a job can write its metadata
  const isHandedOver = metadata.kind !== 'missing' || record?.phase === 'finished'; // a build may have removed its metadata
  // While its plan is open, a missing directory means "not built yet". `isBehind`: a row was not sent yet, and would be lost.
  const isPlanned = openPlans.has(deliveryOf(path, directory) ?? '');
  const isActive = isPlanned || !isHandedOver || (record !== undefined && isBehind(record));
  const isOurs = known !== undefined && known.pullRequest === pullRequest;
  return { ...job, ...(isOurs && { repository: known.repository }), state: isActive ? 'active' : 'ended' };
}

/** Whether the event handler has begun work here, or has some left: it makes the directory of an event before the ID links of its jobs. */
async function hasLaterWork(
  path: string,
  links: readonly JobLink[],
  orderedAt: Date,
  openPlans: ReadonlySet<string>,
): Promise<boolean> {
  for (const name of await listNames(path)) {
    const event = join(path, name);
    const delivery = deliveryOf(path, event);
    if (delivery === undefined) continue;
    if (openPlans.has(delivery)) return true;
    if (links.some(({ directory }) => directory.startsWith(`${event}/`))) continue;
    // Clocks of file systems tick every few milliseconds: a directory of the same time may be newer than the order.
    if ((await lstat(event)).mtime >= orderedAt) return true;
  }
  return false;
}
