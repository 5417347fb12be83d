import { basename, join } from 'node:path';
import type { JobLink } from '../../jobs/handovers.ts';
import { type JobRecord, readJobRecord } from '../../jobs/job-record.ts';
import { readMetadata } from '../../jobs/metadata.ts';
import { readPullRequestDirectories } from '../../jobs/pull-request-directories.ts';
import { readResult } from '../../jobs/results.ts';
import { cutTo } from '../../messages/comment.ts';
import { whyNoRegularFile } from './inspect-artefact.ts';
import { isDirectoryOf, readRepositoryId } from './job-config.ts';
import type { BuiltFile, BuiltJob, RecordedBuild } from './plan-uploads.ts';

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

/**
 * Nothing where the job is gone, or nobody's yet. Whose it is, which comment it has and what for it was built is taken from the bot's own
 * record: what lies beside it is the job's to write.
 */
async function readJob(link: JobLink, pullRequestDir: string, pullRequest: number): Promise<JobOnDisk[]> {
  const reading = await readMetadata(link.directory, link.id);
  if (reading.kind !== 'metadata') return [];
  const record = await readRecordOf(link);
  const whose = record ?? reading.metadata;
  if (whose.pullRequest !== pullRequest) return [];
  const { status, artefacts } = await readResult(link.directory, link.id);
  const { repositoryId, why } = await findRepositoryId(link.directory, record?.target?.repositoryId);
  const files = artefacts.map((entry) => readFile(link.directory, basename(entry), why));
  return [
    {
      ...{ ...link, pullRequestDir, repository: whose.repository, artefacts: await Promise.all(files) },
      commentId: record === undefined ? reading.metadata.commentId : (commentOf(record) ?? -1),
      ...(status && { status }),
      ...(record !== undefined && { recorded: recordedBuild(record) }),
      ...(repositoryId !== undefined && { repositoryId }),
    },
  ];
}

type SubmittedRecord = JobRecord & { readonly submission: { readonly kind: 'submitted' } };

/** The bot's own record of a job; undefined where there is none. One of another job is none of this one. */
export async function readRecordOf({ id, directory }: JobLink): Promise<SubmittedRecord | undefined> {
  const reading = await readJobRecord(directory);
  if (reading.kind !== 'record') return undefined;
  const { submission } = reading.record;
  return submission.kind === 'submitted' && submission.id === id ? { ...reading.record, submission } : undefined;
}

const commentOf = ({ comment }: JobRecord) => (comment.kind === 'posted' ? comment.id : undefined);

function recordedBuild(record: SubmittedRecord): RecordedBuild {
  const { commit, submission } = record;
  const comment = commentOf(record);
  return {
    submittedAt: submission.at,
    ...(commit !== undefined && { commit }),
    ...(comment !== undefined && { comment }),
  };
}

/**
 * It decides into which bucket an artefact goes, under which prefix, and who signs it. `recorded`: as the bot noted it, which counts.
 * `why`: the end of a sentence on an artefact.
 */
export async function findRepositoryId(
  directory: string,
  recorded: string | undefined,
): Promise<{ readonly repositoryId?: string; readonly why?: string }> {
  if (recorded !== undefined) return { repositoryId: recorded };
  const repositoryId = await readRepositoryId(directory);
  if (repositoryId === undefined || isDirectoryOf(directory, repositoryId)) return repositoryId ? { repositoryId } : {};
  const why = `is of a job whose cfg/job.cfg names the repository id ${cutTo(repositoryId, longestId)}, for which its directory ${directory} was not made; build it again, then set the label anew`;
  return { repositoryId, why };
}

/** More than any has. */
const longestId = 100;

async function readFile(directory: string, name: string, why: string | undefined): Promise<BuiltFile> {
  const unusable = why ?? (await whyNoRegularFile(join(directory, name)));
  return unusable === undefined ? { name } : { name, unusable };
}
