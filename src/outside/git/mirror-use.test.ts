import { expect, it } from 'vitest';
import { MirrorUse } from './mirror-use.ts';

it('packs when those who read are done, and lets no other begin until it has', async () => {
  const use = new MirrorUse();
  const events: string[] = [];
  const gates = { read: Promise.withResolvers<void>(), pack: Promise.withResolvers<void>() };
  const read = (who: string, gate?: Promise<void>) =>
    use.read('a', async () => {
      events.push(`${who} begins`);
      await gate;
      events.push(`${who} ends`);
    });
  const first = read('first', gates.read.promise);
  await read('beside it');
  const packing = use.pack('a', async () => {
    events.push('packs');
    await gates.pack.promise;
  });
  const later = read('later');
  await use.read('another mirror', async () => events.push('another mirror'));
  gates.read.resolve();
  await first;
  gates.pack.resolve();
  await Promise.all([packing, later]);
  expect(events).toEqual([
    'first begins',
    'beside it begins',
    'beside it ends',
    'another mirror',
    'first ends',
    'packs',
    'later begins',
    'later ends',
  ]);
});

it('is free again after a failure', async () => {
  const use = new MirrorUse();
  const failed = use.pack('a', async () => {
    throw new Error('disk full');
  });
  const read = use.read('a', async () => 'read');
  await expect(failed).rejects.toThrow('disk full');
  expect(await read).toBe('read');
});
