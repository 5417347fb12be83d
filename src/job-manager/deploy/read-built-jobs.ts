import { basename, join, posix } from 'node:path';
import { readTolerantly } from '../../configparser/read-tolerantly.ts';
import type { JobLink } from '../../jobs/handovers.ts';
import { readJobRecord } from '../../jobs/job-record.ts';
import type { LedgerEntry } from '../../jobs/ledger.ts';
import { readMetadata } from '../../jobs/metadata.ts';
import { readPullRequestDirectories } from '../../jobs/pull-request-directories.ts';
import { readResult } from '../../jobs/results.ts';
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

/** All jobs of a pull request number, of whatever repository and month, and what was uploaded of them. */
export async function readBuiltJobs(
  jobsBaseDir: string,
  pullRequest: number,
  ledger: readonly LedgerEntry[],
): Promise<{ jobs: JobOnDisk[]; uploadedBefore: UploadedBefore[] }> {
  const jobs: JobOnDisk[] = [];
  const uploadedBefore: UploadedBefore[] = [];
  for (const { path, jobs: links } of await readPullRequestDirectories(jobsBaseDir, pullRequest)) {
    const here: JobOnDisk[] = [];
    for (const link of links) here.push(...(await readJob(link, path, pullRequest)));
    jobs.push(...here);
    const lines = linesOfUploaded(await readUploadedText(path));
    for (const line of lines) uploadedBefore.push(whose(line, here, ledger, pullRequest));
  }
  return { jobs, uploadedBefore };
}

/** The lines `ID/ARTEFACT` of an uploaded.txt. */
export function linesOfUploaded(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== '');
}

/**
 * Jobs can write where this list is. Throws where it is no file that can be read: a list that is not known is not an empty one, and
 * with the policy `once` an empty one would have everything uploaded again.
 */
export async function readUploadedText(pullRequestDir: string): Promise<string> {
  const path = uploadedPath(pullRequestDir);
  const reading = await readUntrusted(path, longestListBytes);
  if (reading.kind === 'missing') return '';
  if (reading.kind === 'text') return reading.text;
  throw new Error(
    `${path} ${reading.why}: nothing is uploaded until a text file with the lines that it had is in its place, ` +
      'a line ID/ARTEFACT for each artefact that was uploaded; ledger.jsonl in the state directory names them',
  );
}

const longestListBytes = 16 * 1024 * 1024;

export const uploadedPath = (pullRequestDir: string) => join(pullRequestDir, 'uploaded.txt');

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

/** A line's repository is its job's; where the job is gone, the ledger may remember it. */
function whose(
  line: string,
  jobs: readonly JobOnDisk[],
  ledger: readonly LedgerEntry[],
  pullRequest: number,
): UploadedBefore {
  const [id, artefact] = [posix.dirname(line), posix.basename(line)];
  const repository =
    jobs.find((job) => job.id === id)?.repository ??
    parseRepository(
      ledger.find((each) => each.job === id && each.artefact === artefact && each.pullRequest === pullRequest)
        ?.repository,
    );
  return { artefact, ...(repository && { repository }) };
}

/** Of an entry of the ledger. */
export function parseRepository(text: string | undefined): RepositoryName | undefined {
  const [owner, name] = text?.split('/') ?? [];
  return owner && name ? { owner, name } : undefined;
}
