import { expect, it } from 'vitest';
import { whyProgramFailed } from './why-program-failed.ts';

const printed = { stdout: '', stderr: 'first\nlast\n' };
const nothing = { stdout: '', stderr: '' };
const notStarted = { kind: 'not-started', code: 'ENOENT', message: '`x` was not run: there is no such program' };
it.each`
  what                         | result                                                         | said           | words
  ${'fails'}                   | ${{ kind: 'exited', code: 3, ...printed }}                     | ${undefined}   | ${'x failed (exit status 3): last'}
  ${'fails silently'}          | ${{ kind: 'exited', code: 3, ...nothing }}                     | ${undefined}   | ${'x failed (exit status 3): it said nothing'}
  ${'fails, with its words'}   | ${{ kind: 'exited', code: 3, ...printed }}                     | ${'all of it'} | ${'x failed (exit status 3): all of it'}
  ${'is killed'}               | ${{ kind: 'killed', signal: 'SIGKILL', ...printed }}           | ${undefined}   | ${'x was killed by SIGKILL, after it had said: last'}
  ${'is killed, told without'} | ${{ kind: 'killed', signal: 'SIGKILL', ...printed }}           | ${''}          | ${'x was killed by SIGKILL'}
  ${'hangs'}                   | ${{ kind: 'timed-out', milliseconds: 30_000, ...nothing }}     | ${undefined}   | ${'x did not answer within 30 s'}
  ${'hangs for long'}          | ${{ kind: 'timed-out', milliseconds: 43_200_000, ...nothing }} | ${undefined}   | ${'x did not answer within 12 hours'}
  ${'prints without end'}      | ${{ kind: 'too-much-output', ...nothing }}                     | ${undefined}   | ${'x printed too much'}
  ${'is not there'}            | ${notStarted}                                                  | ${undefined}   | ${notStarted.message}
`('says of a program that $what: $words', ({ result, said, words }) => {
  expect(whyProgramFailed('x', result, said)).toBe(words);
});
