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
  const openPlans = await readOpenPlans(stateDir); // before the directories: those of a later plan are later work
  const directories: DirectoryToCleanUp[] = [];
  for (const { month, path, jobs: links } of await readPullRequestDirectories(build.jobsBaseDir, pullRequest)) {
    const jobs: JobToCleanUp[] = [];
    for (const link of links) jobs.push(await readJob(link, path, pullRequest, openPlans));
    directories.push({ month, path, jobs, hasLaterWork: await hasLaterWork(path, links, orderedAt, openPlans) });
  }
  // After the jobs' own files: one that was handed over by then, and is not among these, has come to its end.
  const unfinished = await readUnfinished(stateDir, jobManager.jobIdsDir);
  return directories.map((directory) => withUnfinished(directory, unfinished));
}

/** With those jobs with which the watch has something left to do, or a person; one that has an earlier job's number has no link here. */
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

/** A job, by its own files. */
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
  // While its plan is open, "there is no directory" means "not built yet". Behind: a row waits for GitHub, and would be lost.
  const isPlanned = openPlans.has(deliveryOf(path, directory) ?? '');
  const isActive = isPlanned || !isHandedOver || (record !== undefined && isBehind(record));
  const isOurs = known !== undefined && known.pullRequest === pullRequest;
  return { ...job, ...(isOurs && { repository: known.repository }), state: isActive ? 'active' : 'ended' };
}

/** Whether the event handler has begun something, or has something left to do: the directory of an event is there before the ID links of its jobs. */
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
    // Clocks of file systems tick every few milliseconds: what is as old as the order may be later.
    if ((await lstat(event)).mtime >= orderedAt) return true;
  }
  return false;
}
