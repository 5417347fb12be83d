import { expect, it } from 'vitest';
import { jobState } from './job-state.ts';

it.each`
  printed                   | is
  ${'PENDING JobHeldUser'}  | ${'held by us'}
  ${'PENDING JobHeldAdmin'} | ${'held by an admin'}
  ${'PENDING Resources'}    | ${'waiting: Resources'}
  ${'PENDING BeginTime'}    | ${'waiting: BeginTime'}
  ${'CONFIGURING None'}     | ${'waiting: CONFIGURING'}
  ${'COMPLETING None'}      | ${'waiting: COMPLETING'}
  ${'SPECIAL_EXIT None'}    | ${'waiting: SPECIAL_EXIT'}
  ${'ANYTHING_NEW None'}    | ${'waiting: ANYTHING_NEW'}
  ${'? None'}               | ${'waiting: ?'}
  ${'RUNNING None'}         | ${'running'}
  ${'SUSPENDED None'}       | ${'suspended'}
  ${'STOPPED None'}         | ${'suspended'}
  ${'REVOKED None'}         | ${'elsewhere'}
  ${'COMPLETED None'}       | ${'ended: completed'}
  ${'FAILED None'}          | ${'ended: failed'}
  ${'TIMEOUT TimeLimit'}    | ${'ended: timeout'}
  ${'OUT_OF_MEMORY None'}   | ${'ended: out of memory'}
  ${'CANCELLED None'}       | ${'ended: cancelled'}
  ${'NODE_FAIL NodeDown'}   | ${'ended: node fail'}
  ${'PREEMPTED None'}       | ${'ended: preempted'}
  ${'BOOT_FAIL None'}       | ${'ended: boot fail'}
  ${'DEADLINE DeadLine'}    | ${'ended: deadline'}
`('Slurm prints $printed: $is', ({ printed, is }) => {
  const [state = '', reason = ''] = printed.split(' ');
  const found = jobState({ state, reason });
  const more = found.kind === 'waiting' ? `: ${found.reason}` : found.kind === 'ended' ? `: ${found.end.how}` : '';
  expect(`${found.kind}${more}`).toBe(is);
});
