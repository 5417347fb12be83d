import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { type JobLink, readHandovers, readJobsSetAside, readSubmitted } from '../../jobs/handovers.ts';
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
  const { jobIdsDir } = jobManager;
  const followed = [...(await readSubmitted(jobIdsDir)), ...(await readHandovers(stateDir))];
  // Nobody knows whether a job has ended that was set aside.
  const ids = new Set([...followed, ...(await readJobsSetAside(jobIdsDir))].map(({ id }) => id));
  const directories: DirectoryToCleanUp[] = [];
  for (const { month, path, jobs: links } of await readPullRequestDirectories(build.jobsBaseDir, pullRequest)) {
    const jobs: JobToCleanUp[] = [];
    for (const link of links) jobs.push(await readJob(link, path, pullRequest, ids.has(link.id)));
    directories.push({ month, path, jobs, hasLaterWork: await hasLaterWork(path, links, orderedAt) });
  }
  return directories;
}

async function readJob(
  { id, directory }: JobLink,
  path: string,
  pullRequest: number,
  isFollowed: boolean,
): Promise<JobToCleanUp> {
  const { mtime: linkedAt } = await lstat(join(path, id));
  const job = { id, directory, linkedAt };
  if (!(await exists(directory))) return { ...job, state: 'gone' };
  const metadata = await readMetadata(directory, id);
  const reading = await readJobRecord(directory);
  const record = reading.kind === 'record' ? reading.record : undefined;
  const known = metadata.kind === 'metadata' ? metadata.metadata : record;
  // Followed: the watch has something left to do. Behind: a row waits for GitHub, and would be lost. No metadata: not handed over yet.
  const isActive = isFollowed || metadata.kind !== 'metadata' || (record !== undefined && isBehind(record));
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
