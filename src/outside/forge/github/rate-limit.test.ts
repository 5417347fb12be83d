import { afterEach, expect, it, vi } from 'vitest';
import { TryAgainLater } from '../forge.ts';
import { RateLimit } from './rate-limit.ts';

const limit = (headers: Record<string, string>) =>
  Object.assign(new Error('rate limit'), { status: 403, response: { headers } });

afterEach(() => void vi.useRealTimers());

/** A client whose clock moves only by hand. */
function client() {
  let now = 0;
  let sent = 0;
  const rateLimit = new RateLimit(() => now);
  const ask = async (failure?: Error) => {
    try {
      return await rateLimit.ask('repeatable', async () => {
        sent += 1;
        if (failure !== undefined) throw failure;
        return 'done';
      });
    } catch (error) {
      return error instanceof TryAgainLater ? error.retryAfterSeconds : error;
    }
  };
  const wait = (seconds: number) => {
    now += seconds * 1000;
  };
  return { ask, wait, sent: () => sent };
}

it('sends nothing while a limit holds, and says for how long; then it sends again', async () => {
  const { ask, wait, sent } = client();
  expect(await ask(limit({ 'retry-after': '10' }))).toBe(10);
  wait(4);
  expect([await ask(), await ask(), sent()]).toEqual([6, 6, 1]);
  wait(6);
  expect([await ask(), sent()]).toEqual(['done', 2]);
});

it('where GitHub does not say how long, waits a minute, then longer each time, up to an hour', async () => {
  const { ask, wait } = client();
  const waits: unknown[] = [];
  for (let round = 0; round < 8; round++) {
    const seconds = await ask(limit({}));
    waits.push(seconds);
    wait(Number(seconds));
  }
  expect(waits).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600]);
  expect(await ask()).toBe('done');
  expect(await ask(limit({}))).toBe(60);
});

it('several requests that meet the same limit count as one', async () => {
  const { ask, wait } = client();
  expect(await Promise.all([ask(limit({})), ask(limit({})), ask(limit({}))])).toEqual([60, 60, 60]);
  wait(60);
  expect(await ask(limit({}))).toBe(120);
});

it('GitHub that is away without a wish is asked again', async () => {
  const { ask, sent } = client();
  const away = Object.assign(new Error('bad gateway'), { status: 502, response: { headers: {} } });
  expect([await ask(away), await ask(), sent()]).toEqual([undefined, 'done', 2]);
});

it.each([
  ['an hour back', -3600],
  ['eight days back', -8 * 86_400],
  ['to 1970', -1_770_000_000],
  ['an hour ahead', 3600],
])('waits as long as GitHub asks, though the clock is set %s', async (_how, stepSeconds) => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(new Date('2026-03-10T12:00:00Z'));
  const rateLimit = new RateLimit();
  const wait = async () =>
    await rateLimit.ask('repeatable', async () => Promise.reject(limit({ 'retry-after': '20' })));
  await expect(wait()).rejects.toMatchObject({ retryAfterSeconds: 20 });
  vi.setSystemTime(Date.now() + stepSeconds * 1000);
  const again = rateLimit.ask('repeatable', async () => 'done');
  await expect(again).rejects.toSatisfy(({ retryAfterSeconds }) => retryAfterSeconds > 0 && retryAfterSeconds <= 20);
});
