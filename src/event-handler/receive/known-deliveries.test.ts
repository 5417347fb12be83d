import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KnownDeliveries, markOf } from './known-deliveries.ts';

it('tells what a map would, whatever is put there and taken away, in whatever order', () => {
  const identity = fc.nat({ max: 40 }).map((n) => `body.${n}`);
  const step = fc.record({ isDeleted: fc.boolean(), identity, name: fc.string() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const known = new KnownDeliveries();
      const map = new Map<string, number>();
      for (const { isDeleted, identity, name } of steps) {
        if (isDeleted) {
          known.delete(identity);
          map.delete(identity);
        } else {
          known.set(identity, markOf(name));
          map.set(identity, markOf(name));
        }
      }
      for (let n = 0; n <= 40; n++) expect(known.get(`body.${n}`)).toBe(map.get(`body.${n}`));
    }),
  );
});

it('grows, and finds all when most are gone', () => {
  const known = new KnownDeliveries();
  const all = Array.from({ length: 20_000 }, (_, n) => `comment.${n}`);
  for (const identity of all) known.set(identity, markOf(identity));
  expect(all.every((identity) => known.get(identity) === markOf(identity))).toBe(true);
  const [gone, left] = [all.filter((_, n) => n % 3 !== 0), all.filter((_, n) => n % 3 === 0)];
  for (const identity of gone) known.delete(identity);
  expect(gone.some((identity) => known.has(identity))).toBe(false);
  expect(left.every((identity) => known.get(identity) === markOf(identity))).toBe(true);
});
