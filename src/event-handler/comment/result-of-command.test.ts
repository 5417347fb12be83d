import { expect, it } from 'vitest';
import { resultOfCommand } from './result-of-command.ts';

it.each`
  what                                         | outcome              | result                   | word
  ${'was carried out'}                         | ${'build'}           | ${'build'}               | ${'done'}
  ${'built nothing, since nothing is left'}    | ${'build'}           | ${'nothing'}             | ${'nothing'}
  ${'was refused'}                             | ${'refused'}         | ${'failed'}              | ${'failed'}
  ${'was given up'}                            | ${'build'}           | ${'failed'}              | ${'failed'}
  ${'matches nothing here'}                    | ${'nothing-matches'} | ${'nothing'}             | ${'nothing'}
  ${'may not be given, and a comment says so'} | ${'no-permission'}   | ${'nothing'}             | ${'no permission'}
  ${'may not be given, and nothing says so'}   | ${'no-permission'}   | ${'no-build-permission'} | ${'no permission'}
  ${'of somebody who may not command'}         | ${'no-permission'}   | ${undefined}             | ${'no permission'}
  ${'is of another instance'}                  | ${'left-to-others'}  | ${undefined}             | ${'left to others'}
  ${'turned out to be of another instance'}    | ${'cancel'}          | ${'left-to-others'}      | ${'left to others'}
  ${'is unknown'}                              | ${'misunderstood'}   | ${undefined}             | ${'misunderstood'}
  ${'is nearly one'}                           | ${'near-miss'}       | ${undefined}             | ${'misunderstood'}
`('a command that $what: $word', ({ outcome, result, word }) => {
  expect(resultOfCommand({ outcome: { kind: outcome }, ...(result && { result: { kind: result } }) } as never)).toBe(
    word,
  );
});
