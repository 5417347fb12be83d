import type { Markdown } from '../outside/github/github.ts';
import type { DownloadStep, Texts } from '../settings/settings.ts';
import { asComment, cutTo } from './comment.ts';
import { onOneLine } from './escape-markdown.ts';

const fence = '`'.repeat(3);

/** Getting the pull request failed: git's words, then the site's text and tip for that step, a line each. */
export function failureComment(step: DownloadStep, gitSaid: string, texts: Texts): Markdown {
  // On one line and without backquotes: else the three backquotes would open a block that nothing closes.
  const said = cutTo(onOneLine(gitSaid).replaceAll('`', "'"), 10_000) || '(git printed nothing)';
  const { failure, tip } = texts.download[step];
  return asComment([`${fence}${said}${fence}`, failure, tip].join('\n'));
}
