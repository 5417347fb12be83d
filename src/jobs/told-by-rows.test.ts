import { expect, it } from 'vitest';
import { toldByRows } from './told-by-rows.ts';

const table = '|date|job status|comment|\n|----------|----------|------------------------|';
const byAlice = 'job id `7` was cancelled by `alice`';
const byPython = 'job id `7` was cancelled';

it.each`
  what                                         | rows                                                                                                    | told
  ${'runs'}                                    | ${[['submitted', 'x'], ['running', 'SUCCESS']]}                                                         | ${{}}
  ${'was built'}                               | ${[['finished', '<b>:grin: SUCCESS</b>, 0 FAILURE'], ['test result', ':cry: FAILURE']]}                 | ${{ result: { build: ':grin: SUCCESS', test: ':cry: FAILURE' } }}
  ${'ran out of time'}                         | ${[['finished', '`TIMEOUT` (TimeLimit, limit 1:00) no result'], ['test result', 'in words of a site']]} | ${{ result: { build: '`TIMEOUT` (TimeLimit, limit 1:00)' } }}
  ${'ended in the words of a site'}            | ${[['finished', 'fertig']]}                                                                             | ${{}}
  ${'is being cancelled'}                      | ${[['finished', byAlice]]}                                                                              | ${{ cancelled: { by: 'alice' } }}
  ${'was cancelled'}                           | ${[['finished', byAlice], ['finished', '`CANCELLED` by `alice` :cry: FAILURE']]}                        | ${{ cancelled: { by: 'alice' }, result: { build: '`CANCELLED` :cry: FAILURE' } }}
  ${'the Python bot told to be cancelled'}     | ${[['finished', byPython]]}                                                                             | ${{ cancelled: {} }}
  ${'says that it was cancelled, and goes on'} | ${[['finished', `${byPython} or so`]]}                                                                  | ${{}}
  ${'says so elsewhere'}                       | ${[['running', byPython]]}                                                                              | ${{}}
`('a job that $what', ({ rows, told }) => {
  expect(toldByRows(rows.map(([state, text]: string[]) => ({ state, text })))).toEqual(told);
});

it.each`
  what                | head                                                          | told
  ${'nothing'}        | ${`New job\n${table}\n|Jan 05|running|x|`}                    | ${{}}
  ${'the Python bot'} | ${`New job\r\n${table}\r\n|Jan 05|finished|${byPython}|\r\n`} | ${{ cancelled: {} }}
  ${'this bot'}       | ${`New job\n${table}\n|Jan 05 03:04:05|finished|${byAlice}|`} | ${{ cancelled: { by: 'alice' } }}
`('a head in which $what has told that it was cancelled', ({ head, told }) => {
  expect(toldByRows([], head)).toEqual(told);
});
