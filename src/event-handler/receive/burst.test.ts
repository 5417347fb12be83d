import { expect, it } from 'vitest';
import { Burst } from './burst.ts';

it('is over when the last of those that are being received is on the disk, also where one could not be stored', async () => {
  const burst = new Burst();
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const receiving = [burst.during(() => first.promise), burst.during(() => second.promise)];
  const seen: string[] = [];
  const waiting = burst.isOver().then(() => seen.push('over'));
  first.resolve();
  await receiving[0];
  seen.push('one is received');
  second.reject(new Error('disk full'));
  await expect(receiving[1]).rejects.toThrow('disk full');
  await waiting;
  expect(seen).toEqual(['one is received', 'over']);
});

it('keeps nobody waiting while nothing is being received', async () => {
  const burst = new Burst();
  await burst.isOver();
  await burst.during(async () => {});
  await burst.isOver();
});

it('keeps nobody waiting for longer than a second, however long it lasts', async () => {
  const burst = new Burst();
  const gate = Promise.withResolvers<void>();
  const receiving = burst.during(() => gate.promise);
  await burst.isOver();
  gate.resolve();
  await receiving;
});
