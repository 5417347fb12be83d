import { expect, it } from 'vitest';
import { describeProblem } from './describe-problem.ts';

it.each([
  [
    { file: 'app.cfg', line: 7, section: 'github', key: 'app_id', value: 'x', message: 'has to be a number' },
    'app.cfg:7: [github] app_id = x: has to be a number',
  ],
  [
    { file: 'app.cfg', section: 'github', key: 'app_id', message: 'is missing' },
    'app.cfg: [github] app_id: is missing',
  ],
  [{ file: 'app.cfg', line: 7, section: 'githb', message: 'is unknown' }, 'app.cfg:7: [githb]: is unknown'],
  [{ file: 'app.cfg', message: 'cannot be read' }, 'app.cfg: cannot be read'],
  [
    {
      file: 'a',
      line: 1,
      section: 's',
      key: 'k',
      value: `{\n  "a":\t1,${' '.repeat(99)}${'x'.repeat(99)}`,
      message: 'is\nwrong',
    },
    `a:1: [s] k = { "a": 1, ${'x'.repeat(69)}…: is wrong`,
  ],
])('%j', (problem, line) => {
  expect(describeProblem(problem)).toBe(line);
});
