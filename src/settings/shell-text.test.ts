// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the settings that hold them
import { expect, it } from 'vitest';
import { removeShellQuoting } from './shell-text.ts';

it.each([
  ["'MY-bot'", 'MY-bot'],
  ['MY-bot', 'MY-bot'],
  ['"eessi-staging"', 'eessi-staging'],
  ["new/'${github_repository}'/'${pull_request_number}'", 'new/${github_repository}/${pull_request_number}'],
  ['new/${github_repository}/${pull_request_number}', 'new/${github_repository}/${pull_request_number}'],
  ['$HOME `x` ~ $(y); z', '$HOME `x` ~ $(y); z'],
  ['"a\\"b\\\\c\\d"', 'a"b\\c\\d'],
  ["a\\'b", "a'b"],
  ['', ''],
  ["''", ''],
])('%j is %j', (text, meant) => {
  expect(removeShellQuoting(text)).toEqual({ text: meant });
});

it.each([
  ["Bob's bot", "'"],
  ['"open', '"'],
  ['end\\', 'backslash'],
])('%j is refused', (text, what) => {
  expect(removeShellQuoting(text)).toEqual({ problem: expect.stringContaining(what) });
});
