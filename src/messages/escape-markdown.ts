import type { Markdown } from '../outside/github/github.ts';

/** Text from outside as Markdown that shows exactly that text, on one line: no link, no mention. A name such as `a_b-1.2` stays as it is. */
export function escapeMarkdown(text: string): Markdown {
  return onOneLine(text)
    .replaceAll(/[\\`*[\]<>~]|(?<!\w)_|_(?!\w)/g, '\\$&')
    .replaceAll(/&(?=#|\w)/g, '&amp;')
    .replaceAll(/@(?=\w)/g, '@\u200b')
    .replaceAll(/:(?=\/\/)/g, '&#58;')
    .replaceAll(/(?<=www)\./gi, '&#46;')
    .replaceAll('|', '&#124;') as Markdown;
}

/** Text from outside as code: the fence is longer than any run of backquotes in it. */
export function codeSpan(text: string): Markdown {
  const inside = onOneLine(text);
  const runs = inside.match(/`+/g) ?? [];
  const longest = runs.reduce((most, run) => Math.max(most, run.length), 0);
  const fence = '`'.repeat(longest + 1);
  const padding = longest > 0 || inside.trim() === '' ? ' ' : '';
  return `${fence}${padding}${inside}${padding}${fence}` as Markdown;
}

/**
 * Text from outside for a template that has the backquotes itself: it cannot end them; where a site's template has none, it is no
 * link, image, mention or HTML.
 */
export function escapeValue(text: string): Markdown {
  return onOneLine(text)
    .replaceAll('`', "'")
    .replaceAll(/@(?=\w)|](?=[([])|:(?=\/\/)|(?<=www)\.|&(?=#|\w)/gi, '$&\u200b')
    .replaceAll('<', '&lt;')
    .replaceAll('|', '&#124;') as Markdown;
}

/** Markdown that is to stay inside one cell of a table, also for those who split at bars (D37). */
export function escapeCell(markdown: string): Markdown {
  return onOneLine(markdown).replaceAll('|', '&#124;') as Markdown;
}

const lineEnd = /[\n\v\f\r\u0085\u2028\u2029]/;

/** Line ends become blanks. */
function onOneLine(text: string): string {
  return text.trim().replaceAll(/[\s\u0085]+/g, (blanks) => (lineEnd.test(blanks) ? ' ' : blanks));
}
