import { expect, it } from 'vitest';
import { parseJobTable } from './job-table.ts';

const row = (state: string, text = 'x') => `\n|Jan 05 03:04:05 UTC 2025|${state}|${text}|`;

it('reads a text with bars whole', () => {
  expect(parseJobTable(row('finished', 'a | b')).rows.at(-1)).toMatchObject({ state: 'finished', text: 'a | b' });
});

// A regular expression of quadratic time would take many minutes.
it('is not kept busy by a million blanks in a row', () => {
  const text = `x${' '.repeat(1_000_000)}x`;
  expect(parseJobTable(`|a|finished|${text}|  `).rows).toEqual([{ date: 'a', state: 'finished', text }]);
});
