import { expect, it } from 'vitest';
import { phaseToldBy, rowsToldBy } from './phase-told-by.ts';

const head = 'New job on instance `a`\n|date|job status|comment|\n|----------|----------|------------------------|';
const row = (state: string, text = 'x') => `\n|Jan 05 03:04:05 UTC 2025|${state}|${text}|`;

it.each`
  what                               | comment                                                                 | phase
  ${'nothing yet'}                   | ${head + row('submitted')}                                              | ${'submitted'}
  ${'it was released'}               | ${head + row('submitted') + row('released')}                            | ${'released'}
  ${'its time came'}                 | ${head + row('submitted') + row('received')}                            | ${'released'}
  ${'it runs'}                       | ${head + row('submitted') + row('running')}                             | ${'running'}
  ${'it ended'}                      | ${head + row('submitted') + row('running') + row('finished')}           | ${'finished'}
  ${'it ended, with Windows ends'}   | ${(head + row('submitted') + row('finished')).replaceAll('\n', '\r\n')} | ${'finished'}
  ${'a word in a text, not a state'} | ${head + row('submitted', 'awaits `finished` | running')}               | ${'submitted'}
  ${'no table at all'}               | ${'somebody wiped it'}                                                  | ${'submitted'}
`('$what: $phase', ({ comment, phase }) => {
  expect(phaseToldBy(comment)).toBe(phase);
});

it('reads a text with bars whole', () => {
  expect(rowsToldBy(row('finished', 'a | b')).at(-1)).toEqual({ state: 'finished', text: 'a | b' });
});

// With an expression that tries each blank as the last, this would take many minutes.
it('is not kept busy by a million blanks in a row', () => {
  const text = `x${' '.repeat(1_000_000)}x`;
  expect(rowsToldBy(`|a|finished|${text}|  `)).toEqual([{ state: 'finished', text }]);
});
