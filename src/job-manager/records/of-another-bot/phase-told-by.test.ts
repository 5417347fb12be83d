import { expect, it } from 'vitest';
import { phaseToldBy } from './phase-told-by.ts';

const head = 'New job on instance `a`\n|date|job status|comment|\n|----------|----------|------------------------|';
const row = (state: string, text = 'x') => `\n|Jan 05 03:04:05 UTC 2025|${state}|${text}|`;

it.each`
  what                                         | comment                                                                             | phase
  ${'nothing yet'}                             | ${head + row('submitted')}                                                          | ${'submitted'}
  ${'it was released'}                         | ${head + row('submitted') + row('released')}                                        | ${'released'}
  ${'its time came'}                           | ${head + row('submitted') + row('received')}                                        | ${'released'}
  ${'it runs'}                                 | ${head + row('submitted') + row('running')}                                         | ${'running'}
  ${'it ended'}                                | ${head + row('submitted') + row('running') + row('finished')}                       | ${'finished'}
  ${'it ended, with Windows ends'}             | ${(head + row('submitted') + row('finished')).replaceAll('\n', '\r\n')}             | ${'finished'}
  ${'a word in a text, not a state'}           | ${head + row('submitted', 'awaits `finished` | running')}                           | ${'submitted'}
  ${'a row of many lines, last'}               | ${`${head + row('running')}\n|Jan 05 03:04:05 UTC 2025|finished|one\nSUCCESS two|`} | ${'finished'}
  ${'a row that nobody ended, before another'} | ${`${head}\n|x|running|one${row('finished')}`}                                      | ${'finished'}
  ${'no table at all'}                         | ${'somebody wiped it'}                                                              | ${'submitted'}
`('$what: $phase', ({ comment, phase }) => {
  expect(phaseToldBy(comment)).toBe(phase);
});
