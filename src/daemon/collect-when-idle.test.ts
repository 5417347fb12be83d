import { expect, it } from 'vitest';
import { isWorthCollecting } from './collect-when-idle.ts';

const [megabyte, minute] = [1_000_000, 60_000];
it.each`
  what                                    | used   | living | minutes     | busyShare | isWorth
  ${'after the start'}                    | ${26}  | ${0}   | ${Infinity} | ${0}      | ${true}
  ${'after a burst'}                      | ${60}  | ${21}  | ${60}       | ${0.01}   | ${true}
  ${'in a burst'}                         | ${60}  | ${21}  | ${60}       | ${0.4}    | ${false}
  ${'while a few deliveries come'}        | ${60}  | ${21}  | ${60}       | ${0.03}   | ${false}
  ${'nothing was done'}                   | ${23}  | ${21}  | ${60}       | ${0}      | ${false}
  ${'8 MB more than 21'}                  | ${29}  | ${21}  | ${60}       | ${0}      | ${true}
  ${'8 MB more than 300'}                 | ${308} | ${300} | ${60}       | ${0}      | ${false}
  ${'90 MB more than 300'}                | ${390} | ${300} | ${60}       | ${0}      | ${true}
  ${'it was collected half a minute ago'} | ${60}  | ${21}  | ${0.5}      | ${0}      | ${false}
  ${'it was collected a minute ago'}      | ${60}  | ${21}  | ${1}        | ${0}      | ${true}
`('$what: $isWorth', ({ used, living, minutes, busyShare, isWorth }) => {
  const seen = {
    usedBytes: used * megabyte,
    livingBytes: living * megabyte,
    milliseconds: minutes * minute,
    busyShare,
  };
  expect(isWorthCollecting(seen)).toBe(isWorth);
});
