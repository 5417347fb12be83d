import { expect, it } from 'vitest';
import { wholeNumber } from './whole-number.ts';

it.each([
  ['-1', [], -1],
  ['+7', [], 7],
  ['0', [0, 65_535], 0],
  ['65536', [0, 65_535], 'It must be a whole number, 0 to 65535.'],
  ['0', [1], 'It must be a whole number, 1 or more.'],
  ['', [], 'It must be a whole number.'],
  ['1e3', [], 'It must be a whole number.'],
  ['1.5', [1], 'It must be a whole number, 1 or more.'],
  ['99999999999999999999', [], 'It must be a whole number.'],
] as const)('%j within %j: %s', (text, bounds, read) => {
  if (typeof read === 'number') expect(wholeNumber(...bounds)(text)).toBe(read);
  else expect(() => wholeNumber(...bounds)(text)).toThrow(read);
});
