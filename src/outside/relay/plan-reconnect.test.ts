import { expect, it } from 'vitest';
import { planReconnect } from './plan-reconnect.ts';

const minute = 60_000;
it.each`
  what                                        | failures | heard               | retryAfter   | random  | waits         | counts
  ${'the first failure'}                      | ${0}     | ${0}                | ${undefined} | ${0}    | ${1_000}      | ${1}
  ${'the first failure, for another bot'}     | ${0}     | ${0}                | ${undefined} | ${0.5}  | ${750}        | ${1}
  ${'the third in a row'}                     | ${2}     | ${0}                | ${undefined} | ${0}    | ${4_000}      | ${3}
  ${'one of many'}                            | ${50}    | ${0}                | ${undefined} | ${0}    | ${minute}     | ${51}
  ${'one of many, for another bot'}           | ${50}    | ${0}                | ${undefined} | ${0.98} | ${30_600}     | ${51}
  ${'a loss after a day'}                     | ${3}     | ${24 * 60 * minute} | ${undefined} | ${0}    | ${1_000}      | ${1}
  ${'a relay that closes at once, each time'} | ${3}     | ${2_000}            | ${undefined} | ${0}    | ${8_000}      | ${4}
  ${'a relay that asks to wait'}              | ${0}     | ${0}                | ${30}        | ${0}    | ${30_000}     | ${1}
  ${'a relay that asks to wait for a day'}    | ${0}     | ${0}                | ${86_400}    | ${0}    | ${5 * minute} | ${1}
  ${'one that asks for less than we wait'}    | ${5}     | ${0}                | ${1}         | ${0}    | ${32_000}     | ${6}
`('$what: waits $waits ms', ({ failures, heard, retryAfter, random, waits, counts }) => {
  const attempt = { failures, heardMilliseconds: heard, random, ...(retryAfter && { retryAfterSeconds: retryAfter }) };
  expect(planReconnect(attempt)).toEqual({ waitMilliseconds: waits, failures: counts });
});
