import { expect, it } from 'vitest';
import { Suspects } from './suspects.ts';

it.each<[what: string, refused: readonly string[], asked: string, told: string | undefined]>([
  ['one that was refused', ['a wrong'], 'a', 'wrong'],
  ['as it was refused at last', ['a wrong', 'a missing'], 'a', 'missing'],
  ['none that was not', ['a wrong'], 'b', undefined],
  [
    'the newest of any number',
    [...Array.from({ length: 5_000 }, (_, index) => `x${index} wrong`), 'a wrong'],
    'a',
    'wrong',
  ],
  [
    'not the oldest of so many',
    ['a wrong', ...Array.from({ length: 1_000 }, (_, index) => `x${index} wrong`)],
    'a',
    undefined,
  ],
])('knows %s', (_what, refused, asked, told) => {
  const suspects = new Suspects();
  for (const each of refused) {
    const [guid = '', outcome] = each.split(' ');
    suspects.add(guid, outcome as 'wrong' | 'missing');
  }
  expect(suspects.take(asked)).toBe(told);
  expect(suspects.take(asked)).toBeUndefined();
});
