import { expect, it } from 'vitest';
import { findLostVariables } from './find-lost-variables.ts';

const secret = { GITHUB_APP_SECRET_TOKEN: 'x' };
const both = { ...secret, SMEE_URL: 'https://smee.example/channel' };

it.each`
  what                                  | words                              | running   | shell     | lost
  ${'none where the shell has them'}    | ${[]}                              | ${both}   | ${both}   | ${[]}
  ${'those that the shell lacks'}       | ${['-p', '0']}                     | ${both}   | ${{}}     | ${['GITHUB_APP_SECRET_TOKEN', 'SMEE_URL']}
  ${'the address of a relay'}           | ${[]}                              | ${both}   | ${secret} | ${['SMEE_URL']}
  ${'none that it runs without'}        | ${[]}                              | ${secret} | ${secret} | ${[]}
  ${'no address where an option names'} | ${['--smee=https://smee.example']} | ${both}   | ${secret} | ${[]}
  ${'none where it asks GitHub itself'} | ${['--pull', '30']}                | ${both}   | ${{}}     | ${[]}
`('finds $what', ({ words, running, shell, lost }) => {
  expect(findLostVariables(words, running, shell)).toEqual(lost);
});
