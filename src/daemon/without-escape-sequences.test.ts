import { expect, it } from 'vitest';
import { withoutEscapeSequences } from './without-escape-sequences.ts';

it.each`
  printed                                                                | shown                        | why
  ${'\x1b[1;31mred\x1b[0m \x9b4mline\x1b[K'}                             | ${'red line'}                | ${'colours'}
  ${'\x1b]0;a title\x07text\x1b]8;;https://a.b\x1b\\link\x1b]8;;\x1b\\'} | ${'textlink'}                | ${'a title, a link'}
  ${'\x1b(B\x1b=\x1b7\x1bMtext\x1bP1$r0m\x1b\\'}                         | ${'text'}                    | ${'sets of characters, modes, strings'}
  ${'\x1b]0;without its end\nnext'}                                      | ${'0;without its end\nnext'} | ${'no more than its beginning'}
  ${'a\x1b'}                                                             | ${'a'}                       | ${'cut off'}
`('$why', ({ printed, shown }) => {
  expect(withoutEscapeSequences(printed)).toBe(shown);
});
