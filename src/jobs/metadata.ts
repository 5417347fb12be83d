import { join } from 'node:path';
import { readTolerantly } from '../configparser/read-tolerantly.ts';
import { writeConfig } from '../configparser/write-config.ts';
import { writeDurably } from '../outside/files/durable-files.ts';
import { readUntrusted } from '../outside/files/read-untrusted.ts';
import type { RepositoryName } from '../outside/forge/forge.ts';
import type { JobId } from '../outside/slurm/slurm.ts';
import { jobFiles } from './directories.ts';
import { fullName, isForgeNumber, parseRepository } from './forge-names.ts';

/** The login of a person, or of an App: `name[bot]`. */
const isLogin = /^[A-Za-z0-9._-]{1,100}(?:\[bot\])?$/;

/** `_bot_jobID.metadata`. Its presence means that the job was handed over. */
interface JobMetadata {
  readonly repository: RepositoryName;
  readonly pullRequest: number;
  /** -1: the job has no comment. */
  readonly commentId: number;
  /** Login of the account that ordered it: for the Python bot, if the site goes back to it. */
  readonly jobOwner?: string;
}

/** Writes the metadata of a job: after its link and its comment. */
export async function writeMetadata(directory: string, id: JobId, metadata: JobMetadata): Promise<void> {
  const { repository, pullRequest, commentId, jobOwner } = metadata;
  const values = {
    repo: fullName(repository),
    pr_number: String(pullRequest),
    pr_comment_id: String(commentId),
    ...(jobOwner !== undefined && { job_owner: jobOwner }),
  };
  await writeDurably(join(directory, jobFiles.metadata(id)), writeConfig([{ name: 'PR', values }]), 0o644);
}

/** The metadata of a job; `missing` if it is not handed over. */
export async function readMetadata(
  directory: string,
  id: JobId,
): Promise<
  | { readonly kind: 'metadata'; readonly metadata: JobMetadata }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unusable'; readonly why: string }
> {
  const name = jobFiles.metadata(id);
  const file = await readUntrusted(join(directory, name));
  if (file.kind === 'missing') return file;
  if (file.kind === 'unusable') return { kind: 'unusable', why: `${join(directory, name)} ${file.why}` };
  const config = readTolerantly(file.text);
  const repository = parseRepository(config.valueOf('PR', 'repo') ?? '');
  const pullRequest = Number(config.valueOf('PR', 'pr_number'));
  if (repository === undefined || !isForgeNumber(pullRequest))
    return { kind: 'unusable', why: `${join(directory, name)} names no repository and pull request` };
  const commentId = Number(config.valueOf('PR', 'pr_comment_id') || '-1');
  if (config.isContradictory('PR', 'pr_comment_id') || (commentId !== -1 && !isForgeNumber(commentId)))
    return { kind: 'unusable', why: `${join(directory, name)} names a comment that GitHub cannot have` };
  const jobOwner = config.valueOf('PR', 'job_owner');
  const owned = jobOwner !== undefined && isLogin.test(jobOwner) ? { jobOwner } : {};
  return { kind: 'metadata', metadata: { repository, pullRequest, commentId, ...owned } };
}
