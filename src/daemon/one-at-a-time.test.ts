import { expect, it } from 'vitest';
import { oneAtATime } from './one-at-a-time.ts';

it('keeps the order within a key, and runs other keys meanwhile', async () => {
  const inTurn = oneAtATime();
  const events: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = inTurn('pr 1', async () => {
    await gate.promise;
    events.push('pr 1, first');
  });
  const second = inTurn('pr 1', async () => events.push('pr 1, second'));
  await inTurn('pr 2', async () => events.push('pr 2'));
  gate.resolve();
  await Promise.all([first, second]);
  expect(events).toEqual(['pr 2', 'pr 1, first', 'pr 1, second']);
});

it('goes on after a task that failed, which is told to its own caller alone', async () => {
  const inTurn = oneAtATime();
  const failed = inTurn('pr 1', async () => {
    throw new Error('disk full');
  });
  const next = inTurn('pr 1', async () => 'done');
  await expect(failed).rejects.toThrow('disk full');
  expect(await next).toBe('done');
});
