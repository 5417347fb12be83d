import { withoutPaths } from '../daemon/without-paths.ts';
import { Unavailable } from '../jobs/judge-error.ts';
import { cutTo } from '../messages/comment.ts';
import { escapeMarkdown } from '../messages/escape-markdown.ts';
import { md } from '../messages/markdown.ts';
import { type Markdown, NeedsAdmin, TryAgainLater, Unsure } from '../outside/forge/forge.ts';

const longestWords = 500;

/** Why something is retried later: a sentence for the pull request. Paths, and what only the admin can fix, stay in the log. */
export function whyItWaits(error: unknown): Markdown {
  if (error instanceof Unavailable) {
    const words = cutTo(withoutPaths(error.message), longestWords);
    return escapeMarkdown(`${words.charAt(0).toUpperCase()}${words.slice(1).replace(/[.]?$/, '.')}`);
  }
  if (error instanceof NeedsAdmin)
    return md`GitHub does not let the bot do it at present; the bot's admin finds the reason in its log.`;
  if (error instanceof TryAgainLater || error instanceof Unsure)
    return md`GitHub does not answer as it should at present.`;
  return md`A file system of the bot's is full or away at present; its admin finds the reason in its log.`;
}
