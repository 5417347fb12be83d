import { expect, it } from 'vitest';
import { lastWords } from './last-words.ts';

it.each`
  printed                             | words
  ${''}                               | ${undefined}
  ${' \n\r\n\t'}                      | ${undefined}
  ${'one'}                            | ${'one'}
  ${'one\ntwo\n\n'}                   | ${'two'}
  ${'10 %\r100 %\rdone: no space \r'} | ${'done: no space'}
  ${'one\n\u001b[31mred\u001b[0m\n'}  | ${'red'}
  ${'a'.repeat(1000)}                 | ${'a'.repeat(300)}
  ${'\u{1f600}'.repeat(1000)}         | ${'\u{1f600}'.repeat(300)}
`('of $printed the last words are $words', ({ printed, words }) => {
  expect(lastWords(printed)).toBe(words);
});
