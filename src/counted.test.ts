import { expect, it } from 'vitest';
import { counted } from './counted.ts';

it('one thing has its singular, any other number its plural', () => {
  expect([0, 1, 2].map((count) => counted(count, 'failure'))).toEqual(['0 failures', '1 failure', '2 failures']);
  expect([1, 3].map((count) => counted(count, 'entry', 'entries'))).toEqual(['1 entry', '3 entries']);
});
