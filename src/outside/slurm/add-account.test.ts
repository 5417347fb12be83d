import { expect, it } from 'vitest';
import { addAccount, isToAskAccounting } from './add-account.ts';

const cancelled = { kind: 'job', state: 'CANCELLED', reason: 'None' };
const unknown = { kind: 'unknown' };
const down = { kind: 'unreadable', why: 'sacct failed' };

it.each`
  controller                                | accounting                                                 | together
  ${unknown}                                | ${{ kind: 'none' }}                                        | ${unknown}
  ${unknown}                                | ${{ kind: 'unknown' }}                                     | ${unknown}
  ${unknown}                                | ${down}                                                    | ${{ ...unknown, stillToCome: 'sacct failed' }}
  ${unknown}                                | ${{ kind: 'job', state: 'FAILED', exitCode: '3:0' }}       | ${{ kind: 'job', state: 'FAILED', reason: '', exitCode: '3:0' }}
  ${unknown}                                | ${{ kind: 'job', state: 'CANCELLED', cancelledBy: 'eve' }} | ${{ kind: 'job', state: 'CANCELLED', reason: '', cancelledBy: 'eve' }}
  ${unknown}                                | ${{ kind: 'job', state: 'RUNNING' }}                       | ${{ ...unknown, stillToCome: 'accounting has it as RUNNING' }}
  ${unknown}                                | ${{ kind: 'job', state: 'REQUEUED' }}                      | ${{ ...unknown, stillToCome: 'accounting has it as REQUEUED' }}
  ${unknown}                                | ${{ kind: 'job', state: 'REVOKED' }}                       | ${{ ...unknown, stillToCome: 'accounting has it as REVOKED' }}
  ${cancelled}                              | ${{ kind: 'none' }}                                        | ${cancelled}
  ${cancelled}                              | ${down}                                                    | ${cancelled}
  ${cancelled}                              | ${{ kind: 'job', state: 'CANCELLED', cancelledBy: 'eve' }} | ${{ ...cancelled, cancelledBy: 'eve' }}
  ${cancelled}                              | ${{ kind: 'job', state: 'CANCELLED' }}                     | ${cancelled}
  ${cancelled}                              | ${{ kind: 'job', state: 'RUNNING' }}                       | ${{ ...cancelled, stillToCome: 'accounting does not have it as CANCELLED yet' }}
  ${{ kind: 'unreadable', why: 'it hung' }} | ${{ kind: 'job', state: 'FAILED' }}                        | ${{ kind: 'unreadable', why: 'it hung' }}
`('the controller says $controller, accounting $accounting: $together', ({ controller, accounting, together }) => {
  expect(addAccount(controller, accounting)).toEqual(together);
});

it.each`
  controller                                           | asks
  ${unknown}                                           | ${true}
  ${cancelled}                                         | ${true}
  ${{ kind: 'job', state: 'FAILED', reason: 'None' }}  | ${false}
  ${{ kind: 'job', state: 'RUNNING', reason: 'None' }} | ${false}
  ${{ kind: 'unreadable', why: 'it hung' }}            | ${false}
`('accounting is asked where the controller says $controller: $asks', ({ controller, asks }) => {
  expect(isToAskAccounting(controller)).toBe(asks);
});
