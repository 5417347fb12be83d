import type { Markdown } from '../outside/github/github.ts';

/** GitHub refuses longer ones. */
export const maxCommentLength = 65_536;

/** The last step of every comment of ours: no bot takes it for a command, and GitHub takes it. */
export function asComment(text: string): Markdown {
  return cutTo(neverACommand(text), maxCommentLength) as Markdown;
}

/** Other instances read our comments: no line of them, trimmed as Python or we would, starts with `bot:`. */
function neverACommand(text: string): string {
  return text.replaceAll(/^([[\s\p{Cc}]--[\n\r\u2028\u2029]]*)(?=bot:)/gmv, '$1\u200b');
}

/** Cuts a text, never through a character, and says so by an ellipsis. */
export function cutTo(text: string, length: number): string {
  if (text.length <= length) return text;
  if (length <= 0) return '';
  const end = length - 1;
  const splits = /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
  return `${text.slice(0, splits ? end - 1 : end)}…`;
}
