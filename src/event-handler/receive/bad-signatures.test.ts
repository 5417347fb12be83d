import { describe, expect, it } from 'vitest';
import { BadSignatures } from './bad-signatures.ts';

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
  const badSignatures = new BadSignatures();
  for (const each of refused) {
    const [guid = '', outcome] = each.split(' ');
    badSignatures.add(guid, outcome as 'wrong' | 'missing');
  }
  expect(badSignatures.take(asked)).toBe(told);
  expect(badSignatures.take(asked)).toBeUndefined();
});

describe('of a relay', () => {
  /** What is told of deliveries, each of which GitHub lists. */
  const told = (outcomes: readonly string[]) => {
    const badSignatures = new BadSignatures();
    return outcomes.flatMap((outcome, index) => {
      if (outcome === 'right') badSignatures.wasRight();
      else badSignatures.add(String(index), outcome as 'wrong', true);
      return outcome === 'right' ? [] : [badSignatures.take(String(index))];
    });
  };
  const [changed, ten] = [undefined, Array.from({ length: 10 }, () => 'wrong')];
  it.each([
    ['a secret that has never fitted is doubted', ['wrong'], ['wrong']],
    ['one that has is not', ['right', 'wrong'], [changed]],
    ['nor where others come in between', ['right', ...ten.slice(1), 'right', 'wrong'], Array(10).fill(changed)],
    ['ten in a row are no way of a relay', ['right', ...ten], [...Array(9).fill(changed), 'wrong']],
  ])('%s', (_what, outcomes, expected) => {
    expect(told(outcomes)).toEqual(expected);
  });
});
