import { expect, it } from 'vitest';
import { TryAgainLater, Unsure } from './github.ts';
import { judgeFailure } from './judge-failure.ts';

function failure(status: number, headers?: Record<string, string>, message = 'no', cause?: Error): Error {
  return Object.assign(new Error(message, { cause }), { status, ...(headers && { response: { headers } }) });
}
const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

function outcome(error: Error, kind: 'repeatable' | 'once-only'): string {
  try {
    return judgeFailure(error, kind);
  } catch (thrown) {
    if (thrown instanceof TryAgainLater) return `later ${thrown.retryAfterSeconds ?? ''}`.trim();
    if (thrown instanceof Unsure) return 'unsure';
    return thrown === error ? 'our mistake' : 'something else';
  }
}

it.each`
  what                               | error                                                                       | repeatable       | onceOnly
  ${'a deleted comment'}             | ${failure(404, {})}                                                         | ${'gone'}        | ${'gone'}
  ${'a deleted repository'}          | ${failure(410, {})}                                                         | ${'gone'}        | ${'gone'}
  ${'a locked conversation'}         | ${failure(403, { 'x-ratelimit-remaining': '4000' })}                        | ${'gone'}        | ${'gone'}
  ${'a limit with retry-after'}      | ${failure(403, { 'retry-after': '7' })}                                     | ${'later 7'}     | ${'later 7'}
  ${'a secondary limit without one'} | ${failure(403, {}, 'You have exceeded a secondary rate limit')}             | ${'later 60'}    | ${'later 60'}
  ${'a used up limit'}               | ${failure(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' })} | ${'later 1'}     | ${'later 1'}
  ${'429'}                           | ${failure(429, {})}                                                         | ${'later 60'}    | ${'later 60'}
  ${'a revoked token'}               | ${failure(401, {})}                                                         | ${'later'}       | ${'later'}
  ${'a bad gateway'}                 | ${failure(502, {})}                                                         | ${'later'}       | ${'unsure'}
  ${'a cut connection'}              | ${failure(500)}                                                             | ${'later'}       | ${'unsure'}
  ${'a refused connection'}          | ${failure(500, undefined, 'fetch failed', refused)}                         | ${'later'}       | ${'later'}
  ${'a body that is too long'}       | ${failure(422, {})}                                                         | ${'our mistake'} | ${'our mistake'}
`('$what: safe to repeat $repeatable, once only $onceOnly', ({ error, repeatable, onceOnly }) => {
  expect(outcome(error, 'repeatable')).toBe(repeatable);
  expect(outcome(error, 'once-only')).toBe(onceOnly);
});
