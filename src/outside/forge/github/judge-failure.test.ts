import { expect, it } from 'vitest';
import { NeedsAdmin, NotPermitted, PerhapsGone, RefusedByForge, TryAgainLater, Unsure } from '../forge.ts';
import { judgeFailure, mayBeTheToken } from './judge-failure.ts';

const tokenUrl = 'https://api.github.com/app/installations/7/access_tokens';

function failure(status: number, headers?: Record<string, string>, message = 'no', more: object = {}): Error {
  return Object.assign(new Error(message), { status, ...(headers && { response: { headers } }), ...more });
}
const withCause = (code: string) =>
  failure(500, undefined, 'fetch failed', { cause: Object.assign(new Error(code), { code }) });
const date = 'Sun, 05 Jan 2025 03:04:05 GMT';
const inSeconds = (seconds: number) => String(Date.parse(date) / 1000 + seconds);
const used = (reset: string) => ({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset, date });

function outcome(error: Error, kind: 'repeatable' | 'once-only'): string {
  try {
    return judgeFailure(error, kind);
  } catch (thrown) {
    if (thrown instanceof PerhapsGone) return 'perhaps gone';
    if (thrown instanceof NotPermitted) return 'not permitted';
    if (thrown instanceof NeedsAdmin) return 'admin';
    if (thrown instanceof TryAgainLater) return `later ${thrown.retryAfterSeconds ?? ''}`.trim();
    if (thrown instanceof Unsure) return 'unsure';
    if (thrown instanceof RefusedByForge) return 'refused';
    return thrown === error ? 'not GitHub’s' : 'something else';
  }
}

it.each`
  what                                        | error                                                                                       | repeatable         | onceOnly
  ${'a deleted comment'}                      | ${failure(404, {}, 'Not Found')}                                                            | ${'perhaps gone'}  | ${'perhaps gone'}
  ${'a deleted issue'}                        | ${failure(410, {}, 'This issue was deleted')}                                               | ${'gone'}          | ${'gone'}
  ${'a repository taken down'}                | ${failure(451, {}, 'Repository access blocked')}                                            | ${'gone'}          | ${'gone'}
  ${'a locked conversation'}                  | ${failure(403, { 'x-ratelimit-remaining': '4000' }, 'issue is locked')}                     | ${'gone'}          | ${'gone'}
  ${'an archived repository'}                 | ${failure(403, {}, 'Repository was archived so is read-only.')}                             | ${'gone'}          | ${'gone'}
  ${'a missing permission'}                   | ${failure(403, {}, 'Resource not accessible by integration')}                               | ${'not permitted'} | ${'not permitted'}
  ${'403 with retry-after'}                   | ${failure(403, { 'retry-after': '7' })}                                                     | ${'later 7'}       | ${'later 7'}
  ${'429 with retry-after'}                   | ${failure(429, { 'retry-after': '7' })}                                                     | ${'later 7'}       | ${'later 7'}
  ${'429 with a time to come back'}           | ${failure(429, { 'retry-after': 'Sun, 05 Jan 2025 03:05:05 GMT', date })}                   | ${'later 60'}      | ${'later 60'}
  ${'429 with a retry-after that is garbled'} | ${failure(429, { 'retry-after': 'soon' })}                                                  | ${'later 60'}      | ${'later 60'}
  ${'429 with a time to come back, no Date'}  | ${failure(429, { 'retry-after': new Date(Date.now() + 8 * 86_400_000).toUTCString() })}     | ${'later 60'}      | ${'later 60'}
  ${'429 with nothing'}                       | ${failure(429, {})}                                                                         | ${'later 60'}      | ${'later 60'}
  ${'a used up limit'}                        | ${failure(403, used(inSeconds(600)))}                                                       | ${'later 600'}     | ${'later 600'}
  ${'a used up limit, as 429'}                | ${failure(429, used(inSeconds(600)))}                                                       | ${'later 600'}     | ${'later 600'}
  ${'a used up limit that is over'}           | ${failure(403, used(inSeconds(-5)))}                                                        | ${'later 1'}       | ${'later 1'}
  ${'a used up limit until next year'}        | ${failure(403, used(inSeconds(40_000_000)))}                                                | ${'later 3600'}    | ${'later 3600'}
  ${'a used up limit without its end'}        | ${failure(403, { 'x-ratelimit-remaining': '0' })}                                           | ${'later 60'}      | ${'later 60'}
  ${'a secondary limit without headers'}      | ${failure(403, {}, 'You have exceeded a secondary rate limit')}                             | ${'later 60'}      | ${'later 60'}
  ${'a comment that came too quickly'}        | ${failure(422, {}, 'Validation Failed: was submitted too quickly')}                         | ${'later 60'}      | ${'later 60'}
  ${'an expired token'}                       | ${failure(401, {}, 'Bad credentials')}                                                      | ${'admin'}         | ${'admin'}
  ${'a suspended installation'}               | ${failure(403, {}, 'This installation has been suspended', { request: { url: tokenUrl } })} | ${'admin'}         | ${'admin'}
  ${'an installation that was removed'}       | ${failure(404, {}, 'Not Found', { request: { url: tokenUrl } })}                            | ${'admin'}         | ${'admin'}
  ${'a wrong key'}                            | ${failure(401, {}, 'could not be decoded', { request: { url: tokenUrl } })}                 | ${'admin'}         | ${'admin'}
  ${'no token since GitHub is away'}          | ${failure(502, {}, 'Bad Gateway', { request: { url: tokenUrl } })}                          | ${'later'}         | ${'later'}
  ${'a bad gateway'}                          | ${failure(502, {})}                                                                         | ${'later'}         | ${'unsure'}
  ${'unavailable, with a time'}               | ${failure(503, { 'retry-after': '120' })}                                                   | ${'later 120'}     | ${'unsure'}
  ${'a cut connection'}                       | ${failure(500)}                                                                             | ${'later'}         | ${'unsure'}
  ${'no answer in time'}                      | ${failure(500, undefined, 'The operation was aborted due to timeout')}                      | ${'later'}         | ${'unsure'}
  ${'a connection that was reset'}            | ${withCause('ECONNRESET')}                                                                  | ${'later'}         | ${'unsure'}
  ${'a refused connection'}                   | ${withCause('ECONNREFUSED')}                                                                | ${'later'}         | ${'later'}
  ${'a name that is not found'}               | ${withCause('ENOTFOUND')}                                                                   | ${'later'}         | ${'later'}
  ${'a body that is too long'}                | ${failure(422, {}, 'Body is too long')}                                                     | ${'refused'}       | ${'refused'}
  ${'a bad request'}                          | ${failure(400, {})}                                                                         | ${'refused'}       | ${'refused'}
  ${'a full disk'}                            | ${Object.assign(new Error('no space'), { code: 'ENOSPC' })}                                 | ${'not GitHub’s'}  | ${'not GitHub’s'}
`('$what: safe to repeat $repeatable, once only $onceOnly', ({ error, repeatable, onceOnly }) => {
  expect(outcome(error, 'repeatable')).toBe(repeatable);
  expect(outcome(error, 'once-only')).toBe(onceOnly);
});

const forToken = { request: { url: tokenUrl } };

it.each`
  what                               | error                                                                  | said
  ${'a bad gateway'}                 | ${failure(502, {}, 'Bad Gateway')}                                     | ${'GitHub did not answer properly (502): Bad Gateway'}
  ${'a bad gateway, for a token'}    | ${failure(502, {}, 'Bad Gateway', forToken)}                           | ${'GitHub did not answer properly (502) when it was asked for a token: Bad Gateway'}
  ${'a refused connection'}          | ${withCause('ECONNREFUSED')}                                           | ${'GitHub was not reached: fetch failed'}
  ${'a name that is not found'}      | ${withCause('ENOTFOUND')}                                              | ${'GitHub was not reached: fetch failed'}
  ${'a refused connection, a token'} | ${Object.assign(withCause('ECONNREFUSED'), forToken)}                  | ${'GitHub was not reached when it was asked for a token: fetch failed'}
  ${'a connection that was reset'}   | ${withCause('ECONNRESET')}                                             | ${'GitHub did not answer: fetch failed'}
  ${'no answer in time'}             | ${failure(500, undefined, 'The operation was aborted due to timeout')} | ${'GitHub did not answer: The operation was aborted due to timeout'}
`('of $what no status is invented', ({ error, said }) => {
  expect(() => judgeFailure(error, 'repeatable')).toThrow(said);
});

it.each`
  what                                | error                                                            | expected
  ${'an expired token'}               | ${failure(401, {})}                                              | ${true}
  ${'a suspended installation'}       | ${failure(403, {}, 'This installation has been suspended')}      | ${true}
  ${'a limit'}                        | ${failure(403, { 'retry-after': '7' })}                          | ${false}
  ${'a secondary limit'}              | ${failure(403, {}, 'secondary rate limit')}                      | ${false}
  ${'a deleted comment'}              | ${failure(404, {})}                                              | ${false}
  ${'no token to be had'}             | ${failure(403, {}, 'suspended', { request: { url: tokenUrl } })} | ${false}
  ${'something that is not GitHub’s'} | ${new Error('x')}                                                | ${false}
`('may $what be the token’s fault: $expected', ({ error, expected }) => {
  expect(mayBeTheToken(error)).toBe(expected);
});
