import { parseJobComments } from '../../messages/job-comments.ts';
import type { OfPullRequest } from '../../outside/forge/forge.ts';
import type { Tools } from '../tools.ts';

/** A job that a comment of the pull request announces. */
export interface AnnouncedJob {
  /** Absent: a site's own text leaves it out. */
  readonly id?: string;
  /** This instance announced it. */
  readonly isOurs: boolean;
}

/**
 * The jobs that all instances have announced on a pull request, oldest first. Every instance hears a command and knows nothing of the
 * others, but all can read the comments: where nobody's job is meant, the instance that announced the last one answers.
 */
export async function readAnnouncedJobs(
  which: OfPullRequest,
  {
    forge,
    settings,
  }: {
    readonly forge: Pick<Tools['forge'], 'listComments' | 'readOwnLogin'>;
    readonly settings: Pick<Tools['settings'], 'texts'>;
  },
): Promise<readonly AnnouncedJob[]> {
  const comments = await forge.listComments(which);
  const own = (await forge.readOwnLogin()).toLowerCase();
  return comments.flatMap((comment) =>
    parseJobComments([comment], settings.texts).map(({ jobId }) => ({
      ...(jobId !== undefined && { id: jobId }),
      isOurs: comment.author.login.toLowerCase() === own,
    })),
  );
}
