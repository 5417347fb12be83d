import { relative } from 'node:path';
import { isSameRepository } from '../../jobs/forge-names.ts';
import type { PullRequestDirectory } from '../../jobs/pull-request-directories.ts';
import { isBelow } from '../../outside/files/is-below.ts';
import type { RepositoryName } from '../../outside/forge/forge.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';

/** The directory of a pull request number in one month, and how its jobs stand. */
export interface DirectoryToCleanUp extends Pick<PullRequestDirectory, 'month' | 'path'> {
  readonly jobs: readonly JobToCleanUp[];
  /** Something was begun in it after the order that is no job yet. */
  readonly hasLaterWork: boolean;
}

export interface JobToCleanUp {
  readonly id: JobId;
  readonly directory: string;
  /** When its ID link was made. */
  readonly linkedAt: Date;
  /** Unknown where no file of the job tells. */
  readonly repository?: RepositoryName;
  /** `active`: something is left to do with it. `gone`: its link dangles. */
  readonly state: 'active' | 'ended' | 'gone';
}

/** Something that goes into the trash bin in one piece. */
export interface Move {
  readonly month: string;
  /** `JOBS_BASE_DIR/YYYY.MM/pr_N` */
  readonly from: string;
  /** Everything, or only these jobs' directories and links. */
  readonly what: 'everything' | readonly MovedJob[];
  /** Names of the ID links that go with it. */
  readonly links: readonly string[];
}

export interface MovedJob {
  readonly id: string;
  /** Of its directory, below `from`. */
  readonly path: string;
}

/**
 * What can be moved now, and which jobs of that pull request must be waited for. Jobs of other repositories, and what was
 * submitted after the order (the pull request was reopened), are not touched.
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
