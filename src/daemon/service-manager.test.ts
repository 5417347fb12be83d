import { expect, it } from 'vitest';
import { planWatchdogLooks } from './service-manager.ts';

it.each`
  says                                     | environment                                          | feeds    | everyMilliseconds
  ${'no watchdog'}                         | ${{}}                                                | ${false} | ${60_000}
  ${'a watchdog of ten minutes'}           | ${{ WATCHDOG_USEC: '600000000', WATCHDOG_PID: '7' }} | ${true}  | ${60_000}
  ${'one of a minute: three times in it'}  | ${{ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '7' }}  | ${true}  | ${20_000}
  ${'one without a process'}               | ${{ WATCHDOG_USEC: '60000000' }}                     | ${true}  | ${20_000}
  ${'that of the process that started us'} | ${{ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '6' }}  | ${false} | ${60_000}
  ${'one that is no time'}                 | ${{ WATCHDOG_USEC: 'soon' }}                         | ${false} | ${60_000}
  ${'one that is off'}                     | ${{ WATCHDOG_USEC: '0' }}                            | ${false} | ${60_000}
`('looks whether the loops go on: $says', ({ environment, feeds, everyMilliseconds }) => {
  expect(planWatchdogLooks(environment, 7)).toEqual({ feeds, everyMilliseconds });
});
