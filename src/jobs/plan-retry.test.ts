import { expect, it } from 'vitest';
import { TryAgainLater, Unsure } from '../outside/github/github.ts';
import { type Failure, judgeError, planRetry, withFailed } from './plan-retry.ts';

const patience = { pausesSeconds: [30, 60, 120], timesAllowed: 5 };
const outside: Failure = { kind: 'outside' };
const asked = (retryAfterSeconds: number): Failure => ({ kind: 'outside', retryAfterSeconds });

it.each`
  what                                               | all    | own  | hours   | failure                 | plan
  ${'its first failure'}                             | ${1}   | ${1} | ${0}    | ${{ kind: 'own' }}      | ${30}
  ${'its second'}                                    | ${2}   | ${2} | ${0}    | ${{ kind: 'own' }}      | ${60}
  ${'its fourth: no longer pause than the last'}     | ${4}   | ${4} | ${0}    | ${{ kind: 'own' }}      | ${120}
  ${'its fifth'}                                     | ${5}   | ${5} | ${0}    | ${{ kind: 'own' }}      | ${'set aside'}
  ${'one that was counted before a restart'}         | ${9}   | ${9} | ${0}    | ${{ kind: 'own' }}      | ${'set aside'}
  ${'for as long as it likes, by its own fault'}     | ${4}   | ${4} | ${1000} | ${{ kind: 'own' }}      | ${120}
  ${'GitHub is away, for a minute'}                  | ${1}   | ${0} | ${0}    | ${outside}              | ${30}
  ${'GitHub is away, a thousand times'}              | ${999} | ${0} | ${71}   | ${outside}              | ${120}
  ${'GitHub is away, for three days'}                | ${9}   | ${0} | ${72}   | ${outside}              | ${'set aside'}
  ${'GitHub says when'}                              | ${1}   | ${0} | ${0}    | ${asked(900)}           | ${900}
  ${'GitHub says at once'}                           | ${3}   | ${0} | ${0}    | ${asked(0)}             | ${0}
  ${'the disk is full, after faults of its own'}     | ${9}   | ${5} | ${1}    | ${outside}              | ${120}
  ${'a fault of its own, after days of a full disk'} | ${99}  | ${1} | ${80}   | ${{ kind: 'own' }}      | ${120}
  ${'what no attempt can mend'}                      | ${1}   | ${1} | ${0}    | ${{ kind: 'hopeless' }} | ${'set aside'}
`('what failed is tried again, or set aside: $what: $plan', ({ all, own, hours, failure, plan }) => {
  const planned = planRetry({ all, own, forMilliseconds: hours * 3_600_000 }, failure, patience);
  expect(planned.kind === 'again' ? planned.afterSeconds : planned.kind).toBe(plan);
});

const away = (retryAfterSeconds?: number) =>
  new TryAgainLater('away', { cause: undefined, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
const full = Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' });

it.each`
  error                                              | failure
  ${away()}                                          | ${{ kind: 'outside' }}
  ${away(90)}                                        | ${{ kind: 'outside', retryAfterSeconds: 90 }}
  ${new Unsure('lost', { cause: undefined })}        | ${{ kind: 'outside' }}
  ${full}                                            | ${{ kind: 'outside' }}
  ${new Error('no')}                                 | ${{ kind: 'own' }}
  ${'no error at all'}                               | ${{ kind: 'own' }}
  ${new AggregateError([away(90), full, away(20)])}  | ${{ kind: 'outside', retryAfterSeconds: 90 }}
  ${new AggregateError([away(90), new Error('no')])} | ${{ kind: 'own' }}
  ${new AggregateError([])}                          | ${{ kind: 'own' }}
`('of $error it says $failure', ({ error, failure }) => {
  expect(judgeError(error)).toEqual(failure);
});

it.each`
  kind          | after
  ${'own'}      | ${{ all: 3, own: 2, forMilliseconds: 5 }}
  ${'hopeless'} | ${{ all: 3, own: 2, forMilliseconds: 5 }}
  ${'outside'}  | ${{ all: 3, own: 1, forMilliseconds: 5 }}
`('counts one more that failed, $kind', ({ kind, after }) => {
  expect(withFailed({ all: 2, own: 1, forMilliseconds: 1 }, { kind }, 5)).toEqual(after);
});
