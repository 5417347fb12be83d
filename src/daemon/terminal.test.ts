import { expect, it } from 'vitest';
import { forTerminal } from './terminal.ts';

it.each([
  ['a name', 'job 7 cannot be followed: é 😀 日本', 'job 7 cannot be followed: é 😀 日本'],
  ['a screen that is cleared', '\u001b[2J\u001b[H', '\\u001b[2J\\u001b[H'],
  ['a title that is set', '\u001b]0;all is fine\u0007', '\\u001b]0;all is fine\\u0007'],
  ['a link', '\u001b]8;;https://e.example\u001b\\x', '\\u001b]8;;https://e.example\\u001b\\x'],
  ['an escape of one character', '\u009b31mred', '\\u009b31mred'],
  ['a line that is written over', 'failed\rfine  ', 'failed\\u000dfine  '],
  ['a line that is taken back', 'failed\b\b\b\u007f', 'failed\\u0008\\u0008\\u0008\\u007f'],
  ['a line that is not ours', 'x\nAll is fine.', 'x\\u000aAll is fine.'],
  ['turned writing', '\u202egnp.exe', '\\u202egnp.exe'],
  ['isolated writing', 'a\u2066b\u2069', 'a\\u2066b\\u2069'],
  ['what nobody sees', 'a\u{e0041}\ufeff\u00ad', 'a\\u{e0041}\\ufeff\\u00ad'],
  ['a NUL', 'a\0b', 'a\\u0000b'],
  ['half a character', 'a\ud83d', 'a\ufffd'],
  ['a line end of other places', 'a\u2028b\u0085c', 'a\\u2028b\\u0085c'],
])('%s', (_what, text, shown) => {
  expect(forTerminal(text)).toBe(shown);
});

it('several lines are several lines', () => {
  expect(forTerminal(['a\nb', 'c'])).toBe('a\\u000ab\nc');
});
