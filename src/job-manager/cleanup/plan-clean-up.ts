import { relative } from 'node:path';
import { isSameRepository } from '../../jobs/forge-names.ts';
import type { PullRequestDirectory } from '../../jobs/pull-request-directories.ts';
import { isBelow } from '../../outside/files/is-below.ts';
import type { RepositoryName } from '../../outside/forge/forge.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';

/** The directory of a pull request number in one month, and the state of its jobs. */
export interface DirectoryToCleanUp extends Pick<PullRequestDirectory, 'month' | 'path'> {
  readonly jobs: readonly JobToCleanUp[];
  /** Work was begun in it after the order that is not a job yet. */
  readonly hasLaterWork: boolean;
}

export interface JobToCleanUp {
  readonly id: JobId;
  readonly directory: string;
  /** When its ID link was made. */
  readonly linkedAt: Date;
  /** Absent if no file of the job says it. */
  readonly repository?: RepositoryName;
  /** `active`: there is something left to do for it. `gone`: its link dangles. */
  readonly state: 'active' | 'ended' | 'gone';
}

/** A directory that is moved to the trash bin in one piece. */
export interface Move {
  readonly month: string;
  /** `JOBS_BASE_DIR/YYYY.MM/pr_N` */
  readonly from: string;
  /** Everything, or only these jobs' directories and links. */
  readonly what: 'everything' | readonly MovedJob[];
  /** Names of the ID links that are moved with it. */
  readonly links: readonly string[];
}

interface MovedJob {
  readonly id: string;
  /** The path of the job's directory below `from`. */
  readonly path: string;
}

/**
 * Plans what to move now, and which jobs of the pull request to wait for. Jobs of other repositories, and jobs submitted after the order
 * (the pull request was reopened), are not touched.
 */
export function planCleanUp(
  repository: RepositoryName,
  orderedAt: Date,
  directories: readonly DirectoryToCleanUp[],
): { readonly moves: readonly Move[]; readonly waitsFor: readonly JobId[] } {
  const isMeant = (job: JobToCleanUp) => isSameRepository(job.repository, repository) && job.linkedAt <= orderedAt;
  return {
    moves: directories.flatMap((directory) => planMove(directory, isMeant)),
    waitsFor: directories.flatMap(({ jobs }) =>
      jobs.filter((job) => isMeant(job) && job.state === 'active').map(({ id }) => id),
    ),
  };
}

function planMove(
  { month, path: from, jobs, hasLaterWork }: DirectoryToCleanUp,
  isMeant: (job: JobToCleanUp) => boolean,
): Move[] {
  const movable = jobs.filter((job) => isMeant(job) && job.state === 'ended' && isBelow(job.directory, from));
  if (movable.length === 0) return [];
  const isWhole = !hasLaterWork && jobs.every((job) => job.state === 'gone' || movable.includes(job));
  if (isWhole) return [{ month, from, what: 'everything', links: jobs.map(({ id }) => id) }];
  const what = movable.map(({ id, directory }) => ({ id, path: relative(from, directory) }));
  return [{ month, from, what, links: movable.map(({ id }) => id) }];
}
