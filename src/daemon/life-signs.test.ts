import { expect, it } from 'vitest';
import { LifeSigns, moving } from './life-signs.ts';

let now = 0;
const begin = () => {
  now = 0;
  const signs = new LifeSigns(() => now);
  return { signs, watch: signs.loop('watch'), look: signs.loop('look') };
};

it('where nothing has begun nothing goes on', () => expect(begin().signs.takeIfAllGoOn()).toBe(false));

it('a loop has to move between two looks', () => {
  const { signs, watch } = begin();
  watch.moved();
  expect([signs.takeIfAllGoOn(), signs.takeIfAllGoOn()]).toEqual([true, false]);
  expect(signs.standing).toEqual(['watch']);
  watch.moved();
  expect(signs.takeIfAllGoOn()).toBe(true);
});

it('one that waits on purpose goes on until its time is over', () => {
  const { signs, watch } = begin();
  watch.waits(600_000);
  expect([signs.takeIfAllGoOn(), signs.takeIfAllGoOn()]).toEqual([true, true]);
  now = 600_000;
  expect(signs.takeIfAllGoOn()).toBe(false);
});

it('one that hangs is not covered by another', () => {
  const { signs, watch, look } = begin();
  watch.moved();
  look.moved();
  signs.takeIfAllGoOn();
  look.moved();
  expect([signs.takeIfAllGoOn(), signs.standing]).toEqual([false, ['watch']]);
});

it('two that are slow, and move by turns, go on', () => {
  const { signs, watch, look } = begin();
  watch.moved();
  look.moved();
  signs.takeIfAllGoOn();
  watch.moved();
  expect(signs.takeIfAllGoOn()).toBe(false);
  look.moved();
  expect(signs.takeIfAllGoOn()).toBe(true);
});

it('one that has ended is not waited for', () => {
  const { signs, watch, look } = begin();
  watch.moved();
  look.waits(1_000);
  signs.takeIfAllGoOn();
  expect(signs.standing).toEqual(['watch']);
  watch.ended();
  expect(signs.takeIfAllGoOn()).toBe(true);
});

it('each call that came to an end moves the loop, one that hangs does not', async () => {
  const { signs, watch } = begin();
  const answer = Promise.withResolvers<string>();
  const fails = async () => {
    throw new Error('refused');
  };
  const outside = moving({ ask: () => answer.promise, fails }, watch);
  watch.moved();
  signs.takeIfAllGoOn();
  const asked = outside.ask();
  expect(signs.standing).toEqual(['watch']);
  answer.resolve('yes');
  expect(await asked).toBe('yes');
  expect(signs.takeIfAllGoOn()).toBe(true);
  await expect(outside.fails()).rejects.toThrow('refused');
  expect(signs.takeIfAllGoOn()).toBe(true);
});
