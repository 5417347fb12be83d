import { expect, it } from 'vitest';
import { textLogLine } from './text-log-line.ts';

const at = new Date(2025, 0, 5, 3, 4, 5);
const line = (facts: object, level = 30) =>
  textLogLine(
    `${JSON.stringify({ level, time: at.toISOString(), pid: 1, hostname: 'login1', name: 'job-manager', ...facts })}\n`,
  );

it.each`
  what                           | facts                                           | text
  ${'a sentence'}                | ${{ msg: 'stopping' }}                          | ${'stopping'}
  ${'facts behind it'}           | ${{ job: '7', taken: true, msg: 'follows it' }} | ${'follows it job=7 taken=true'}
  ${'several words'}             | ${{ why: 'no such job', msg: 'x' }}             | ${'x why="no such job"'}
  ${'an empty fact'}             | ${{ why: '', msg: 'x' }}                        | ${'x why=""'}
  ${'what looks like a fact'}    | ${{ why: 'a=b', msg: 'x' }}                     | ${'x why="a=b"'}
  ${'what looks quoted'}         | ${{ why: '"a"', msg: 'x' }}                     | ${'x why="\\"a\\""'}
  ${'a value of several parts'}  | ${{ rows: ['a', 'b'], msg: 'x' }}               | ${'x rows=["a","b"]'}
  ${'a line end in a fact'}      | ${{ why: 'a\n[20250105-T03:04:05] b' }}         | ${'why="a\\n[20250105-T03:04:05] b"'}
  ${'a line end in a sentence'}  | ${{ msg: 'a\r\nb' }}                            | ${'a\\u000d\\u000ab'}
  ${'a line end in a key'}       | ${{ 'a\nb': 1, msg: 'x' }}                      | ${'x a\\u000ab=1'}
  ${"Unicode's other line ends"} | ${{ why: 'a\u2028b\u0085c\u2029', msg: 'x' }}   | ${'x why="a\\u2028b\\u0085c\\u2029"'}
  ${'a terminal escape'}         | ${{ why: '\u001b[2Ja\u009b', msg: 'x' }}        | ${'x why="\\u001b[2Ja\\u009b"'}
  ${'turned writing'}            | ${{ why: 'a\u202eb', msg: 'x' }}                | ${'x why="a\\u202eb"'}
`('one line, local time: $what', ({ facts, text }) => {
  expect(line(facts)).toBe(`[20250105-T03:04:05] ${text}\n`);
});

it.each`
  level | text
  ${20} | ${'x level=debug'}
  ${30} | ${'x'}
  ${40} | ${'x level=warn'}
  ${50} | ${'x level=error'}
`('a line of level $level says so unless that is the usual one', ({ level, text }) => {
  expect(line({ msg: 'x' }, level)).toBe(`[20250105-T03:04:05] ${text}\n`);
});
