import type { Markdown } from '../outside/forge/forge.ts';
import type { DownloadStep, Texts } from '../settings/settings.ts';
import { asComment, cutTo } from './comment.ts';

const fence = '`'.repeat(3);
const longest = 10_000;

/** Fetching or merging the pull request failed: git's output, then the site's text and tip for that step, a line each. */
export function failureComment(step: DownloadStep, gitSaid: string, texts: Texts): Markdown {
  const { failure, tip } = texts.download[step];
  return asComment([asCode(linesOf(gitSaid)), failure, tip].join('\n'));
}

/** Without backquotes: three of them would end the code block. */
function linesOf(gitSaid: string): readonly string[] {
  const lines = gitSaid.replaceAll('`', "'").split(/[\n\v\f\r\u0085\u2028\u2029]+/);
  return cutTo(lines.map((line) => line.trimEnd()).join('\n'), longest)
    .split('\n')
    .filter((line) => line !== '');
}

/** One line as the Python bot shows it; several as a block. */
function asCode(lines: readonly string[]): string {
  if (lines.length < 2) return `${fence}${lines[0]?.trim() ?? '(git printed nothing)'}${fence}`;
  return [fence, ...lines, fence].join('\n');
}
