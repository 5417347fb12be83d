import { parseJobComments } from '../../messages/job-comments.ts';
import type { OfPullRequest } from '../../outside/forge/forge.ts';
import type { Tools } from '../tools.ts';

/**
 * Whether this instance answers that there is nothing to cancel. Every instance hears the command and knows nothing of the others, but all
 * can read the comments: the instance that announced the last build answers. If those comments were deleted, each does.
 */
export async function isOursToAnswer(
  which: OfPullRequest,
  {
    forge,
    settings,
  }: {
    readonly forge: Pick<Tools['forge'], 'listComments' | 'readOwnLogin'>;
    readonly settings: Pick<Tools['settings'], 'texts'>;
  },
): Promise<boolean> {
  const comments = await forge.listComments(which);
  const last = comments.findLast((comment) => parseJobComments([comment], settings.texts).length > 0);
  return last === undefined || last.author.login.toLowerCase() === (await forge.readOwnLogin()).toLowerCase();
}
