import { expect, it } from 'vitest';
import { isWorthCollecting } from './collect-when-idle.ts';

const [megabyte, minute] = [1_000_000, 60_000];
it.each`
  what                                    | used  | left  | minutes     | busyShare | isWorth
  ${'after the start'}                    | ${26} | ${0}  | ${Infinity} | ${0}      | ${true}
  ${'after a burst'}                      | ${60} | ${21} | ${60}       | ${0.01}   | ${true}
  ${'in a burst'}                         | ${60} | ${21} | ${60}       | ${0.4}    | ${false}
  ${'nothing was done'}                   | ${28} | ${21} | ${60}       | ${0}      | ${false}
  ${'it was collected half a minute ago'} | ${60} | ${21} | ${0.5}      | ${0}      | ${false}
  ${'it was collected a minute ago'}      | ${60} | ${21} | ${1}        | ${0}      | ${true}
  ${'what lives has become less'}         | ${15} | ${21} | ${60}       | ${0}      | ${false}
`('$what: $isWorth', ({ used, left, minutes, busyShare, isWorth }) => {
  const seen = { usedBytes: used * megabyte, leftBytes: left * megabyte, milliseconds: minutes * minute, busyShare };
  expect(isWorthCollecting(seen)).toBe(isWorth);
});
