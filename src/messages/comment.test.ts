import { expect, it } from 'vitest';
import { asComment, cutMarkdown, cutTo, maxCommentLength } from './comment.ts';

it.each([
  ['bot: help', 'bot: help'],
  ['  bot: help', '  bot: help'],
  ['x\n\t\u00a0bot:build', 'x\n\t\u00a0bot:build'],
  ['x\r\n\n\n bot: help', 'x\n\n\n bot: help'],
  ['\u000bbot: help', '\\u000bbot: help'],
  ['\u0085bot: help', '\\u0085bot: help'],
])('is no command for another bot: %j', (text, shown) => {
  const lines = asComment(text).split('\n');
  expect(lines.filter((line) => /^[\s\p{Cc}]*bot:/u.test(line))).toEqual([]);
  expect(asComment(text).replaceAll('\u200b', '')).toBe(shown);
});

it.each([
  ['turned writing', 'a\u202eb', 'a\\u202eb'],
  ['a terminal escape and a NUL', '\u001b[2J\0', '\\u001b[2J\\u0000'],
  ['half a character', 'a\ud800b', 'a\ufffdb'],
  ['an emoji of several', '👩\u200d💻', '👩\u200d💻'],
])('shows %s', (_what, text, shown) => {
  expect(asComment(text)).toBe(shown);
});

it.each([
  ['before the code', 'ab `bcd` e', 3, 'ab…'],
  ['in code', 'a `@team and more` e', 10, 'a `@team…`'],
  ['in code with backquotes in it', 'a `` @team ` and `` e', 16, 'a `` @team ` …``'],
  ['in code that has no room', 'a `` @team ` and `` e', 6, 'a …'],
  ['behind code', 'a `b` cd', 7, 'a `b` …'],
  ['where there is a backquote and no code', 'a \\`@team and', 8, 'a \\`@te…'],
  ['in an entity, whose half would be a reference', 'a &#58;//b', 6, 'a …'],
  ['no character', 'a `b`', 0, ''],
])('is cut %s', (_what, markdown, length, cut) => {
  expect(cutMarkdown(markdown, length)).toBe(cut);
});

it('leaves other lines as they are', () => {
  const text = '- `bot: help`\nBot: help\nrobot: help';
  expect(asComment(text)).toBe(text);
});

it('is never longer than GitHub takes, and quick about it', () => {
  expect(asComment('x'.repeat(70_000))).toHaveLength(maxCommentLength);
  expect(asComment(' '.repeat(65_000)).length).toBe(65_000);
  expect(asComment('\n'.repeat(65_000)).length).toBe(65_000);
});

it('cuts no character in two', () => {
  expect(cutTo('ab😀cd', 4)).toBe('ab…');
  expect(cutTo('ab', 2)).toBe('ab');
  expect(cutTo('ab', 0)).toBe('');
});
