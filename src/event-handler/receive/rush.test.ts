import { expect, it } from 'vitest';
import { Rush } from './rush.ts';

it('is over when the last of those that are being received is on the disk, also where one could not be stored', async () => {
  const rush = new Rush();
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const receiving = [rush.during(() => first.promise), rush.during(() => second.promise)];
  const seen: string[] = [];
  const waiting = rush.isOver().then(() => seen.push('over'));
  first.resolve();
  await receiving[0];
  seen.push('one is received');
  second.reject(new Error('disk full'));
  await expect(receiving[1]).rejects.toThrow('disk full');
  await waiting;
  expect(seen).toEqual(['one is received', 'over']);
});

it('keeps nobody waiting while nothing is being received', async () => {
  const rush = new Rush();
  await rush.isOver();
  await rush.during(async () => {});
  await rush.isOver();
});

it('keeps nobody waiting for longer than a second, however long it lasts', async () => {
  const rush = new Rush();
  const gate = Promise.withResolvers<void>();
  const receiving = rush.during(() => gate.promise);
  await rush.isOver();
  gate.resolve();
  await receiving;
});
