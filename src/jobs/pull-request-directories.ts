import { listNames, noneIfNoDirectory } from '../outside/files/list-names.ts';
import { isMonth, pullRequestDirectory } from './directories.ts';
import { type JobLink, readLinks } from './handovers.ts';

/** The directory of a pull request number in one month. Repositories of the same bot share it. */
export interface PullRequestDirectory {
  readonly month: string;
  readonly path: string;
  /** The ID links in it; may dangle, may be of other repositories. */
  readonly jobs: readonly JobLink[];
}

/** The directories of a pull request number in all months, oldest first; those without an ID link are left out. */
export async function readPullRequestDirectories(
  jobsBaseDir: string,
  pullRequest: number,
): Promise<PullRequestDirectory[]> {
  const found: PullRequestDirectory[] = [];
  for (const month of await listNames(jobsBaseDir)) {
    if (!isMonth(month)) continue;
    const path = pullRequestDirectory(jobsBaseDir, month, pullRequest);
    const jobs = await readLinks(path).catch(noneIfNoDirectory); // a job may have made a file of that name
    if (jobs.length > 0) found.push({ month, path, jobs });
  }
  return found;
}
