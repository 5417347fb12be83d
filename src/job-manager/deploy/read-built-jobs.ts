import { basename, join } from 'node:path';
import { readTolerantly } from '../../configparser/read-tolerantly.ts';
import type { JobLink } from '../../jobs/handovers.ts';
import { readJobRecord } from '../../jobs/job-record.ts';
import type { LedgerEntry } from '../../jobs/ledger.ts';
import { readMetadata } from '../../jobs/metadata.ts';
import { readPullRequestDirectories } from '../../jobs/pull-request-directories.ts';
import { readResult } from '../../jobs/results.ts';
import type { UploadNoted } from '../../jobs/uploads-before.ts';
import { readUntrusted } from '../../outside/files/read-untrusted.ts';
import type { RepositoryName } from '../../outside/github/github.ts';
import { whyNoRegularFile } from './inspect-artefact.ts';
import type { BuiltFile, BuiltJob, RecordedBuild, UploadedBefore } from './plan-uploads.ts';

/** A job as it lies on the disk. */
export interface JobOnDisk extends BuiltJob, JobLink {
  readonly id: JobLink['id'];
  readonly commentId: number;
  /** Where its ID link and its uploaded.txt are. */
  readonly pullRequestDir: string;
}

/** All jobs of a pull request number, of whatever repository and month. */
export async function readBuiltJobs(jobsBaseDir: string, pullRequest: number): Promise<JobOnDisk[]> {
  const jobs: JobOnDisk[] = [];
  for (const { path, jobs: links } of await readPullRequestDirectories(jobsBaseDir, pullRequest))
    for (const link of links) jobs.push(...(await readJob(link, path, pullRequest)));
  return jobs;
}

/** What was uploaded of a pull request number, of whatever repository: by the ledger, and by what lists had before there was one. */
export function uploadedBeforeOf(
  pullRequest: number,
  ledger: readonly LedgerEntry[],
  before: readonly UploadNoted[],
): UploadedBefore[] {
  const uploads = [...ledger.filter(({ outcome }) => outcome === 'uploaded'), ...before];
  return uploads
    .filter((each) => each.pullRequest === pullRequest)
    .map(({ artefact, repository }) => ({ artefact, ...optional(parseRepository(repository)) }));
}

const optional = (repository: RepositoryName | undefined) => repository && { repository };

/** Nothing where the job is gone, or nobody's yet. */
async function readJob(link: JobLink, pullRequestDir: string, pullRequest: number): Promise<JobOnDisk[]> {
  const reading = await readMetadata(link.directory, link.id);
  if (reading.kind !== 'metadata' || reading.metadata.pullRequest !== pullRequest) return [];
  const { repository, commentId } = reading.metadata;
  const { status, artefacts } = await readResult(link.directory, link.id);
  const files = await Promise.all(artefacts.map((entry) => readFile(link.directory, basename(entry))));
  const recorded = await readRecorded(link);
  return [
    {
      ...{ ...link, pullRequestDir, repository, commentId, artefacts: files },
      ...(status && { status }),
      ...(recorded !== undefined && { recorded }),
      ...(await readRepositoryId(link.directory)),
    },
  ];
}

/** A record of another job is none of this one. */
async function readRecorded({ id, directory }: JobLink): Promise<RecordedBuild | undefined> {
  const reading = await readJobRecord(directory);
  if (reading.kind !== 'record') return undefined;
  const { commit, submission, comment } = reading.record;
  if (submission.kind !== 'submitted' || submission.id !== id) return undefined;
  return {
    submittedAt: submission.at,
    ...(commit !== undefined && { commit }),
    ...(comment.kind === 'posted' && { comment: comment.id }),
  };
}

async function readRepositoryId(directory: string): Promise<{ repositoryId?: string }> {
  const file = await readUntrusted(join(directory, 'cfg', 'job.cfg'));
  const repositoryId = file.kind === 'text' ? readTolerantly(file.text).valueOf('repository', 'repo_id') : undefined;
  return repositoryId ? { repositoryId } : {};
}

async function readFile(directory: string, name: string): Promise<BuiltFile> {
  const unusable = await whyNoRegularFile(join(directory, name));
  return unusable === undefined ? { name } : { name, unusable };
}

/** Of an entry of the ledger. */
export function parseRepository(text: string | undefined): RepositoryName | undefined {
  const [owner, name] = text?.split('/') ?? [];
  return owner && name ? { owner, name } : undefined;
}
