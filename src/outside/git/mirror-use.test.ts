import { expect, it } from 'vitest';
import { MirrorUse } from './mirror-use.ts';

it('ends with the last use of the mirror, also one that failed, and waits for no other mirror', async () => {
  const use = new MirrorUse();
  const events: string[] = [];
  const [first, second, other] = [1, 2, 3].map(() => Promise.withResolvers<void>()) as [Gate, Gate, Gate];
  use.begin('a', first.promise);
  use.begin('a', second.promise);
  use.begin('b', other.promise);
  const ended = use.end('a').then(() => events.push('ended'));
  first.resolve();
  await first.promise;
  events.push('first');
  second.reject(new Error('disk full'));
  await ended;
  await use.end('a');
  await use.end('of nobody');
  expect(events).toEqual(['first', 'ended']);
});
type Gate = PromiseWithResolvers<void>;
