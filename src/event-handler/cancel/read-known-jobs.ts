import { join } from 'node:path';
import { jobFiles } from '../../jobs/directories.ts';
import { pullRequestKey } from '../../jobs/forge-names.ts';
import { type JobLink, readHandovers, readSubmitted } from '../../jobs/handovers.ts';
import { type JobRecord, readJobRecord } from '../../jobs/job-record.ts';
import { readMetadata } from '../../jobs/metadata.ts';
import { readPullRequestDirectories } from '../../jobs/pull-request-directories.ts';
import { exists } from '../../outside/files/exists.ts';
import type { OfPullRequest } from '../../outside/forge/forge.ts';
import type { Account } from '../../permissions.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Searchable } from '../arguments/filter.ts';

/** A job of this instance, as far as its own files tell. */
export interface KnownJob {
  readonly job: JobLink;
  readonly of:
    | { readonly kind: 'another pull request' }
    /** Its record cannot be read; it lies in a directory of this pull request number. */
    | { readonly kind: 'unreadable' }
    | {
        readonly kind: 'this pull request';
        readonly record: Pick<JobRecord, 'phase' | 'target' | 'submission' | 'result'>;
        /** Undefined: not known. */
        readonly owner: Account | undefined;
        /** False: its build command is still under way. */
        readonly isHandedOver: boolean;
      };
}

/** What filters are searched in. What is not known of a job is not matched. */
export function searchableOf(of: KnownJob['of']): Searchable {
  const target = of.kind === 'this pull request' ? of.record.target : undefined;
  return {
    architecture: target?.architecture ?? '',
    accelerator: target?.accelerator ?? '',
    repository: target?.repositoryId ?? '',
  };
}

/** The jobs of a pull request, ended ones too, and jobs of other pull requests with these ids that have not ended. */
export async function readKnownJobs(
  which: OfPullRequest,
  ids: readonly string[],
  { build, stateDir, jobManager }: Pick<Settings, 'build' | 'stateDir' | 'jobManager'>,
): Promise<readonly KnownJob[]> {
  const found: KnownJob[] = [];
  const links = (await readPullRequestDirectories(build.jobsBaseDir, which.pullRequest)).flatMap(({ jobs }) => jobs);
  for (const job of links) {
    const known = await readJob(job, which);
    if (known !== undefined) found.push(known);
  }
  const live =
    ids.length === 0 ? [] : [...(await readHandovers(stateDir)), ...(await readSubmitted(jobManager.jobIdsDir))];
  const isMissing = ({ id }: JobLink) => ids.includes(id) && !found.some(({ job }) => job.id === id);
  return [...found, ...live.filter(isMissing).map((job) => ({ job, of: { kind: 'another pull request' } }) as const)];
}

/** Undefined: the job belongs to another repository, or is gone. */
async function readJob(job: JobLink, which: OfPullRequest): Promise<KnownJob | undefined> {
  const reading = await readJobRecord(job.directory);
  if (reading.kind === 'missing') return undefined;
  if (reading.kind === 'unusable') return { job, of: { kind: 'unreadable' } };
  const { record } = reading;
  if (pullRequestKey(record) !== pullRequestKey(which)) return undefined;
  const isHandedOver = await exists(join(job.directory, jobFiles.metadata(job.id)));
  const owner = record.orderedBy ?? (await readOwner(job));
  return { job, of: { kind: 'this pull request', record, owner, isHandedOver } };
}

/** The owner of a job that another bot submitted, from its metadata file. */
async function readOwner(job: JobLink): Promise<Account | undefined> {
  const reading = await readMetadata(job.directory, job.id);
  const login = reading.kind === 'metadata' ? reading.metadata.jobOwner : undefined;
  return login === undefined ? undefined : { login };
}
