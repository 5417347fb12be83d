import { expect, it } from 'vitest';
import { asComment, cutTo, maxCommentLength } from './comment.ts';

it.each([
  'bot: help',
  '  bot: help',
  'x\n\t\u00a0bot:build',
  'x\r\n\n\n bot: help',
  '\u000bbot: help',
  '\u0085bot: help',
])('is no command for another bot: %j', (text) => {
  const lines = asComment(text).split('\n');
  expect(lines.filter((line) => /^[\s\p{Cc}]*bot:/u.test(line))).toEqual([]);
  expect(asComment(text).replaceAll('\u200b', '')).toBe(text);
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
