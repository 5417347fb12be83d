import { expect, it } from 'vitest';
import { readOptions } from './options.ts';
import { planSubmission, sbatch } from './plan-submission.ts';
import { Refused } from './refused.ts';

function plan(words: readonly string[], lines: readonly string[] = []) {
  const { values, rest } = readOptions(words, sbatch);
  const [script = '', ...rests] = rest;
  const text = ['#!/bin/bash', ...lines].join('\n');
  return planSubmission(values, { now: 1000, directory: '/jobs/7', script, text, arguments: rests });
}

it.each`
  words                                                    | lines                                                  | job
  ${['a/s.sh', '-x', 'y']}                                 | ${[]}                                                  | ${{ name: 's.sh', workDir: '/jobs/7', command: '/jobs/7/a/s.sh -x y', arguments: ['-x', 'y'], held: false, cpus: 1, eligible: 1000 }}
  ${['--hold', '--time=24:00:00', '--job-name=n', 's.sh']} | ${[]}                                                  | ${{ held: true, timeLimitMinutes: 1440, name: 'n' }}
  ${['-Ht5', '-Jn', '-D', '/x', '-c2', '-n', '3', 's.sh']} | ${[]}                                                  | ${{ held: true, timeLimitMinutes: 5, name: 'n', workDir: '/x', cpus: 6 }}
  ${['--begin=now+90', 's.sh']}                            | ${[]}                                                  | ${{ begin: 91000, eligible: 91000 }}
  ${['--begin', 'now+2hours', 's.sh']}                     | ${[]}                                                  | ${{ begin: 7201000 }}
  ${['--exclusive', '--mem', '2G', '--nice', 's.sh']}      | ${[]}                                                  | ${{ command: '/jobs/7/s.sh' }}
  ${['--job=n', 's.sh']}                                   | ${[]}                                                  | ${{ name: 'n' }}
  ${['s.sh']}                                              | ${['#SBATCH -J "a b" --time=1-0 # why', '#SBATCH -H']} | ${{ name: 'a b', timeLimitMinutes: 1440, held: true }}
  ${['-J', 'n', 's.sh']}                                   | ${['#SBATCH --job-name=m']}                            | ${{ name: 'n' }}
  ${['s.sh']}                                              | ${['', '# x', 'true', '#SBATCH --hold']}               | ${{ held: false }}
`('$words with $lines', ({ words, lines, job }) => {
  expect(plan(words, lines)).toMatchObject(job);
});

it.each`
  words                           | message
  ${['--hold=1', 's.sh']}         | ${"sbatch: option '--hold' doesn't allow an argument"}
  ${['--time']}                   | ${"sbatch: option '--time' requires an argument"}
  ${['--nope', 's.sh']}           | ${"sbatch: unrecognized option '--nope'"}
  ${['--begin=tomorrow', 's.sh']} | ${'Invalid time specification (pos=0): tomorrow'}
  ${['--time=a', 's.sh']}         | ${'sbatch: error: Invalid --time specification'}
`('$words is refused', ({ words, message }) => {
  expect(() => plan(words)).toThrow(Refused);
  expect(() => plan(words)).toThrow(message);
});
