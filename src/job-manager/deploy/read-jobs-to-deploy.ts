import { basename, join } from 'node:path';
import type { JobLink } from '../../jobs/handovers.ts';
import { type JobRecord, readJobRecord } from '../../jobs/job-record.ts';
import { readMetadata } from '../../jobs/metadata.ts';
import { readPullRequestDirectories } from '../../jobs/pull-request-directories.ts';
import { readResult } from '../../jobs/results.ts';
import { findRepositoryId } from '../records/of-another-bot/find-repository-id.ts';
import { whyNoRegularFile } from './inspect-artefact.ts';
import type { BuiltFile, JobToDeploy, RecordedBuild } from './plan-uploads.ts';

/** A job on disk. */
export interface JobOnDisk extends JobToDeploy, JobLink {
  readonly id: JobLink['id'];
  readonly commentId: number;
  /** The directory of its ID link and its uploaded.txt. */
  readonly pullRequestDir: string;
}

/** All jobs of a pull request number, of all repositories and months. */
export async function readJobsToDeploy(jobsBaseDir: string, pullRequest: number): Promise<JobOnDisk[]> {
  const jobs: JobOnDisk[] = [];
  for (const { path, jobs: links } of await readPullRequestDirectories(jobsBaseDir, pullRequest))
    for (const link of links) jobs.push(...(await readJob(link, path, pullRequest)));
  return jobs;
}

/**
 * Empty if the job is gone or not handed over. Its pull request, comment and repository id come from our sealed record: a job can forge the
 * other files.
 */
async function readJob(link: JobLink, pullRequestDir: string, pullRequest: number): Promise<JobOnDisk[]> {
  const reading = await readMetadata(link.directory, link.id);
  if (reading.kind !== 'metadata') return [];
  const record = await readRecordOf(link);
  const whose = record ?? reading.metadata;
  if (whose.pullRequest !== pullRequest) return [];
  const { status, artefacts } = await readResult(link.directory, link.id);
  const { repositoryId, why } = await findRepositoryId(link.directory, record?.target?.repositoryId);
  const files = artefacts.map((entry) => readFile(link.directory, basename(entry)));
  return [
    {
      ...{ ...link, pullRequestDir, repository: whose.repository, artefacts: await Promise.all(files) },
      commentId: record === undefined ? reading.metadata.commentId : (commentOf(record) ?? -1),
      ...(status && { status }),
      ...(record !== undefined && { recorded: recordedBuild(record) }),
      ...(repositoryId !== undefined && { repositoryId }),
      ...(why !== undefined && { whyRefused: why }),
    },
  ];
}

type SubmittedRecord = JobRecord & { readonly submission: { readonly kind: 'submitted' } };

/** The bot's own record of a job; undefined if there is none, or it is another job's. */
export async function readRecordOf({ id, directory }: JobLink): Promise<SubmittedRecord | undefined> {
  const reading = await readJobRecord(directory);
  if (reading.kind !== 'record') return undefined;
  const { submission } = reading.record;
  return submission.kind === 'submitted' && submission.id === id ? { ...reading.record, submission } : undefined;
}

const commentOf = ({ comment }: JobRecord) => (comment.kind === 'posted' ? comment.id : undefined);

function recordedBuild(record: SubmittedRecord): RecordedBuild {
  const { commit, submission, phase, cancelled } = record;
  const comment = commentOf(record);
  return {
    submittedAt: submission.at,
    phase,
    isCancelled: cancelled !== undefined,
    ...(commit !== undefined && { commit }),
    ...(comment !== undefined && { comment }),
  };
}

async function readFile(directory: string, name: string): Promise<BuiltFile> {
  const unusable = await whyNoRegularFile(join(directory, name));
  return unusable === undefined ? { name } : { name, unusable };
}
