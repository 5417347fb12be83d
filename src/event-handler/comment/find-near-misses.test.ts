import { expect, it } from 'vitest';
import { dialects } from '../../settings/dialects.ts';
import { findNearMisses } from './find-near-misses.ts';

it.each([
  ['no colon', 'bot ping', ['ping']],
  ['prose', 'bot ping x', []],
  ['a million blanks, within the limit of a test', `bot${' '.repeat(1_000_000)}ping`, ['ping']],
  ['as many before what looks like a line end', `bot${' '.repeat(1_000_000)}ping\u2028x`, []],
])('%s', (_what, body, typed) => {
  expect(findNearMisses(body, dialects['9']).map((each) => each.typed)).toEqual(typed);
});
