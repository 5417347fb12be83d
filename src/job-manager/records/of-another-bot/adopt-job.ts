import type { JobLink } from '../../../jobs/handovers.ts';
import type { JobRecord } from '../../../jobs/job-record.ts';
import { Unusable } from '../../../jobs/judge-error.ts';
import { readMetadata, writeMetadata } from '../../../jobs/metadata.ts';
import { toldByRows } from '../../../jobs/told-by-rows.ts';
import { ownText } from '../../../messages/markdown.ts';
import type { Comment, Forge } from '../../../outside/forge/forge.ts';
import { announcesJob } from './announces-job.ts';
import { phaseToldBy } from './phase-told-by.ts';

/** The requests that find out whether a comment is ours. */
export type CommentsOfOurs = Pick<Forge, 'readComment' | 'listComments' | 'readOwnLogin'>;

/**
 * Makes the record of a job that another bot submitted, from its comment. A job can remove its record and forge its metadata, so only a
 * comment of this App that announces the job counts.
 */
export async function adopt(job: JobLink, forge: CommentsOfOurs): Promise<JobRecord> {
  const reading = await readMetadata(job.directory, job.id);
  if (reading.kind !== 'metadata') {
    throw new Unusable(reading.kind === 'missing' ? `${job.directory} has no metadata file` : reading.why);
  }
  const { repository, pullRequest, commentId } = reading.metadata;
  const ownLogin = await forge.readOwnLogin();
  const comment =
    commentId > 0
      ? await forge.readComment(reading.metadata, commentId)
      : (await forge.listComments(reading.metadata)).find(
          (each) => whyForeign(each, job.id, pullRequest, ownLogin) === undefined,
        );
  const isThere = comment !== undefined && comment !== 'gone';
  const why = isThere ? whyForeign(comment, job.id, pullRequest, ownLogin) : undefined;
  if (why !== undefined) throw new Unusable(`the metadata in ${job.directory} leads to a comment that ${why}`);
  // Deployments find the job's comment by its metadata.
  if (isThere && commentId !== comment.id)
    await writeMetadata(job.directory, job.id, { ...reading.metadata, commentId: comment.id });
  return {
    version: 1,
    repository,
    pullRequest,
    submission: { kind: 'submitted', id: job.id, cluster: '', at: new Date(0).toISOString() },
    comment: isThere
      ? { kind: 'posted', id: comment.id, url: comment.url, head: ownText(comment.body) }
      : { kind: 'silent' },
    phase: isThere ? phaseToldBy(comment.body) : 'submitted',
    rows: [],
    rowsSent: 0,
    ...(isThere && toldByRows([], comment.body)),
  };
}

/** Why a comment is not this App's comment for the job; undefined if it is. */
function whyForeign(comment: Comment, id: string, pullRequest: number, ownLogin: string): string | undefined {
  const { author, body } = comment;
  if (!author.isBot || author.login.toLowerCase() !== ownLogin.toLowerCase()) return `is not by ${ownLogin}`;
  return announcesJob(body, id, pullRequest) ? undefined : `does not announce job ${id}`;
}
