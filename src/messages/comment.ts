import { visible } from '../daemon/visible.ts';
import type { Markdown } from '../outside/forge/forge.ts';
import { codeSpansOf } from './code-spans.ts';

/**
 * GitHub's limit, in characters, at four bytes each. A JavaScript string counts a character beyond the basic plane (an emoji) as two, so
 * what is short enough here is short enough either way.
 */
export const maxCommentLength = 65_536;

/** The last step of every comment of ours: no bot reads a command in it, and GitHub accepts it. */
export function asComment(text: string): Markdown {
  return cutMarkdown(harmless(text), maxCommentLength) as Markdown;
}

/** The length of a text as a comment. */
export function lengthInComment(text: string): number {
  return harmless(text).length;
}

/** Whether {@link asComment} leaves the whole text. */
export function fitsInComment(text: string): boolean {
  return text.length <= maxCommentLength && lengthInComment(text) <= maxCommentLength;
}

/** Last check of a site's text or a job's Markdown: nothing is hidden, nothing is a command. */
function harmless(text: string): string {
  return neverACommand(visible(text.replaceAll(/\r\n?/g, '\n'), { keepLineEnds: true }));
}

/** Other instances read our comments: no line of them, trimmed as Python or we would, starts with `bot:`. */
function neverACommand(text: string): string {
  return text.replaceAll(/^([[\s\p{Cc}]--[\n\r\u2028\u2029]]*)(?=bot:)/gmv, '$1\u200b');
}

/** Cuts a text between characters, and marks the cut by an ellipsis. */
export function cutTo(text: string, length: number): string {
  if (text.length <= length) return text;
  if (length <= 0) return '';
  const end = length - 1;
  const splits = /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
  return `${text.slice(0, splits ? end - 1 : end)}…`;
}

/**
 * Cuts Markdown as {@link cutTo} does. Code that is cut gets its end again, or is left out; half an entity is left out, since `&#5`
 * refers to an issue.
 */
export function cutMarkdown(markdown: Markdown, length: number): Markdown;
export function cutMarkdown(markdown: string, length: number): string;
export function cutMarkdown(markdown: string, length: number): string {
  if (markdown.length <= length || length <= 0) return cutTo(markdown, length);
  const last = length - 1;
  const span = codeSpansOf(markdown).find(({ start, end }) => start < last && end > last);
  if (span === undefined) return cutTo(markdown, length).replace(/&#?\w{0,9}…$/, '…');
  const fence = '`'.repeat((span.end - span.start - span.inside.length) / 2);
  const room = length - fence.length;
  return room > span.start + fence.length + 1
    ? `${cutTo(markdown.slice(0, span.end - fence.length), room)}${fence}`
    : `${markdown.slice(0, span.start)}…`;
}

/** As many of the items, in order, as fit into `length`; then `note` says how many are left out. */
export function asManyAsFit(items: readonly string[], length: number, note: (leftOut: number) => string): string {
  if (items.join('').length <= length) return items.join('');
  const room = length - note(items.length).length;
  let text = '';
  let taken = 0;
  for (const item of items) {
    if (text.length + item.length > room) break;
    text += item;
    taken += 1;
  }
  return text + note(items.length - taken);
}
