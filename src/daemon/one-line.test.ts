import { expect, it } from 'vitest';
import { oneLine } from './one-line.ts';

it.each([
  ['one line', 'a  b', 'a  b'],
  ['lines with blanks at their ends, and empty ones', ' a \r\n\n \t\n b\n', 'a b'],
  ['nothing', ' \n', ''],
  ['a million blanks, within the limit of a test', `a${' '.repeat(1_000_000)}b`, `a${' '.repeat(1_000_000)}b`],
])('%s', (_, printed, line) => {
  expect(oneLine(printed)).toBe(line);
});
