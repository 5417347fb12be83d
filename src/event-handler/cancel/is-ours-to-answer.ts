import { parseJobComments } from '../../messages/job-comments.ts';
import type { CommandContext } from '../commands/command.ts';
import type { Tools } from '../tools.ts';

/**
 * Whether this instance, which has had jobs of the pull request, says that there is nothing to cancel. Each one hears the command, and none
 * knows of the others; all can read the comments of the pull request: the one that announced the last build answers, and where those
 * comments were deleted, each.
 */
export async function isOursToAnswer(
  { repository, pullRequest }: Pick<CommandContext, 'repository' | 'pullRequest'>,
  {
    forge,
    settings,
  }: {
    readonly forge: Pick<Tools['forge'], 'listComments' | 'readOwnLogin'>;
    readonly settings: Pick<Tools['settings'], 'texts'>;
  },
): Promise<boolean> {
  const comments = await forge.listComments(repository, pullRequest);
  const last = comments.findLast((comment) => parseJobComments([comment], settings.texts).length > 0);
  return last === undefined || last.author.login.toLowerCase() === (await forge.readOwnLogin()).toLowerCase();
}
