import { expect, it } from 'vitest';
import { oneLine } from './one-line.ts';

it.each([
  ['one line', 'a  b', 'a  b'],
  ['lines with blanks at their ends, and empty ones', ' a \r\n\n \t\n b\n', 'a b'],
  ['nothing', ' \n', ''],
  ['many blanks, in no time', `a${' '.repeat(100_000)}b`, `a${' '.repeat(100_000)}b`],
])('%s', (_, printed, line) => {
  const begun = performance.now();
  expect(oneLine(printed)).toBe(line);
  expect(performance.now() - begun).toBeLessThan(1_000);
});
