import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSameJob, type JobLink, readUnfinished } from '../../jobs/handovers.ts';
import { readJobRecord } from '../../jobs/job-record.ts';
import { readMetadata } from '../../jobs/metadata.ts';
import { readPullRequestDirectories } from '../../jobs/pull-request-directories.ts';
import { exists, listNames } from '../../outside/files/durable-files.ts';
import type { Settings } from '../../settings/settings.ts';
import { isBehind } from '../watch/plan-sends.ts';
import type { DirectoryToCleanUp, JobToCleanUp } from './plan-clean-up.ts';

/** How the jobs of a pull request number stand, of whatever repository, in all months. */
export async function readJobsToCleanUp(
  { build, jobManager, stateDir }: Pick<Settings, 'build' | 'jobManager' | 'stateDir'>,
  pullRequest: number,
  orderedAt: Date,
): Promise<DirectoryToCleanUp[]> {
  const directories: DirectoryToCleanUp[] = [];
  for (const { month, path, jobs: links } of await readPullRequestDirectories(build.jobsBaseDir, pullRequest)) {
    const jobs: JobToCleanUp[] = [];
    for (const link of links) jobs.push(await readJob(link, path, pullRequest));
    directories.push({ month, path, jobs, hasLaterWork: await hasLaterWork(path, links, orderedAt) });
  }
  // After the jobs' own files: one that was handed over by then, and is not among these, has come to its end.
  const unfinished = await readUnfinished(stateDir, jobManager.jobIdsDir);
  const isUnfinished = (job: JobLink) => unfinished.some((other) => isSameJob(other, job));
  const nowOf = (job: JobToCleanUp): JobToCleanUp =>
    job.state === 'ended' && isUnfinished(job) ? { ...job, state: 'active' } : job;
  return directories.map((directory) => ({ ...directory, jobs: directory.jobs.map(nowOf) }));
}

/** How a job stands by its own files. */
async function readJob({ id, directory }: JobLink, path: string, pullRequest: number): Promise<JobToCleanUp> {
  const { mtime: linkedAt } = await lstat(join(path, id));
  const job = { id, directory, linkedAt };
  if (!(await exists(directory))) return { ...job, state: 'gone' };
  const metadata = await readMetadata(directory, id);
  const reading = await readJobRecord(directory);
  const record = reading.kind === 'record' ? reading.record : undefined;
  const known = metadata.kind === 'metadata' ? metadata.metadata : record;
  const isHandedOver = metadata.kind !== 'missing' || record?.phase === 'finished'; // a build may have removed its metadata
  // Behind: a row waits for GitHub, and would be lost.
  const isActive = !isHandedOver || (record !== undefined && isBehind(record));
  const isOurs = known !== undefined && known.pullRequest === pullRequest;
  return { ...job, ...(isOurs && { repository: known.repository }), state: isActive ? 'active' : 'ended' };
}

/** Whether the event handler has begun something since: the directory of an event is there before the ID links of its jobs. */
async function hasLaterWork(path: string, links: readonly JobLink[], orderedAt: Date): Promise<boolean> {
  for (const name of await listNames(path)) {
    const event = join(path, name);
    if (!name.startsWith('event_') || links.some(({ directory }) => directory.startsWith(`${event}/`))) continue;
    // Clocks of file systems tick every few milliseconds: what is as old as the order may be later.
    if ((await lstat(event)).mtime >= orderedAt) return true;
  }
  return false;
}
