import { visible } from '../daemon/visible.ts';
import type { Markdown } from '../outside/forge/forge.ts';
import { codeSpansOf } from './code-spans.ts';

// GitHub looks for mentions and references in rendered text: backslashes and entities do not hide them, a zero-width space does.

/** Text from outside as Markdown that shows exactly that text, on one line: no link, mention or reference. `a_b-1.2` stays as it is. */
export function escapeMarkdown(text: string): Markdown {
  return callingNobody(onOneLine(text))
    .replaceAll(/[\\`*[\]<>~]|(?<!\w)_|_(?!\w)/g, '\\$&')
    .replaceAll(/&(?=#|\w)/g, '&amp;')
    .replaceAll(/:(?=\/\/)/g, '&#58;')
    .replaceAll(/(?<=www)\./gi, '&#46;')
    .replaceAll('$', '&#36;')
    .replaceAll('|', '&#124;')
    .replaceAll(commitLike, '`$&`') as Markdown; // as code it is no link, and can be copied
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
 * Text from outside for a template that has the backquotes itself: it cannot end them. In a site's template without any it is no link,
 * image, mention, reference or HTML.
 */
export function escapeValue(text: string): Markdown {
  return callingNobody(onOneLine(text))
    .replaceAll('`', "'")
    .replaceAll(commitLike, (commit) => commit.replaceAll(/.{6}/g, '$&\u200b'))
    .replaceAll(/](?=[([])|:(?=\/\/)|(?<=www)\.|&(?=#|\w)|\\(?=[!-/:-@[-`{-~])/gi, '$&\u200b')
    .replaceAll('<', '&lt;')
    .replaceAll('|', '&#124;') as Markdown;
}

/** Markdown that stays inside one cell of a table, also for readers that split at bars (D37). */
export function escapeCell(markdown: string): Markdown {
  return onOneLine(markdown).replaceAll('|', '&#124;') as Markdown;
}

/** A cell of another bot's comment: its code, and its words as text, with backslashes and entities of special characters decoded. */
export function escapeCellOfOthers(cell: string): Markdown {
  const line = onOneLine(cell);
  let behind = 0;
  const parts = codeSpansOf(line).map(({ start, end, inside }) => {
    const words = textOf(line.slice(behind, start));
    behind = end;
    return `${words}${codeSpan(asRead(inside))}`;
  });
  return `${parts.join('')}${textOf(line.slice(behind))}` as Markdown;
}

/** With the blanks at its ends, which separate words here. */
function textOf(markdown: string): string {
  const words = markdown.trim();
  const at = markdown.indexOf(words);
  const text = asRead(words.replaceAll(/\\([!-/:-@[-`{-~])/g, '$1'));
  return `${markdown.slice(0, at)}${escapeMarkdown(text)}${markdown.slice(at + words.length)}`;
}

const entities = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  nbsp: '\u00a0',
  '#124': '|',
  '#58': ':',
  '#46': '.',
  '#36': '$',
};

/** Decodes the entities that bots write. */
function asRead(markdown: string): string {
  return markdown.replaceAll(
    /&(amp|lt|gt|quot|nbsp|#124|#58|#46|#36);/g,
    (_, name: keyof typeof entities) => entities[name],
  );
}

/**
 * A job's own words: Markdown by contract, links and HTML too, but without mentions and references. What looks like code there may not be
 * code, so it gets the zero-width spaces too.
 */
export function markdownOfJob(markdown: string): Markdown {
  return markdown.replaceAll(mention, '$&\u200b').replaceAll(reference, '$&\u200b') as Markdown;
}

/** A pattern for a character as it is, escaped, or as an entity: HTML accepts one without its semicolon. */
function written(character: string, name?: string): string {
  const ways = [character.toLowerCase(), character.toUpperCase()].flatMap((each) => {
    const code = each.charCodeAt(0);
    return [`\\\\?${each}`, `&#0*${code}(?:;|(?![\\d;]))`, `&#x0*${code.toString(16)}(?:;|(?![\\da-f;]))`];
  });
  return `(?:${[...new Set(ways), ...(name === undefined ? [] : [`&${name};`])].join('|')})`;
}

const notInAWord = '(?<![a-z\\d])';
const mention = new RegExp(`${notInAWord}${written('@', 'commat')}(?=\\S)`, 'gi');
const reference = new RegExp(
  `(?:(?<!&)${written('#', 'num')}|${notInAWord}${written('g')}${written('h')}${written('-')})(?=[\\d&\\\\])`,
  'gi',
);

/** What may be a commit, or become one when it is cut; digits alone are a number. */
const commitLike = /(?<![a-z\d])(?=\d*[a-f])[\da-f]{7,}/gi;

/** Plain text in which zero-width spaces break mentions and references of issues. */
function callingNobody(text: string): string {
  return text.replaceAll(
    /@(?=\S)|#(?=\d)|\bGH-(?=\d)|\/(?:issues|pull|discussions)\/(?=\d)|\/commit\/(?=[\da-f])/gi,
    '$&\u200b',
  );
}

const lineEnd = /[\n\v\f\r\u0085\u2028\u2029]/;

/** Line ends become blanks, hidden characters are shown. */
function onOneLine(text: string): string {
  const line = text.trim().replaceAll(/[\s\u0085]+/g, (blanks) => (lineEnd.test(blanks) ? ' ' : blanks));
  return visible(line, { keepLineEnds: true });
}
