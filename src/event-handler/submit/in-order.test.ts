import { expect, it } from 'vitest';
import { inOrder } from './in-order.ts';

it('lets each come when those before are over, however early they are', async () => {
  const turnOf = inOrder();
  const [first, second, third] = [turnOf(), turnOf(), turnOf()];
  const came: string[] = [];
  const all = [first, second, third].map((turn, index) => turn.comes.then(() => came.push(`turn ${index + 1}`)));
  second.over();
  await all[0];
  await Promise.resolve();
  expect(came).toEqual(['turn 1']);
  first.over();
  await Promise.all(all);
  expect(came).toEqual(['turn 1', 'turn 2', 'turn 3']);
});

it('fails all behind one that failed', async () => {
  const turnOf = inOrder();
  const [first, second, third] = [turnOf(), turnOf(), turnOf()];
  second.over();
  first.failed(new Error('GitHub is away'));
  await expect(first.comes).resolves.toBeUndefined();
  await expect(second.comes).rejects.toThrow('GitHub is away');
  await expect(third.comes).rejects.toThrow('GitHub is away');
});
