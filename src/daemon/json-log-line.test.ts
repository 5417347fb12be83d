import { expect, it } from 'vitest';
import { jsonLogLine } from './json-log-line.ts';

it.each`
  what                            | text             | written
  ${'a sentence'}                 | ${'stopping 😀'} | ${'stopping 😀'}
  ${'a line end'}                 | ${'a\nb'}        | ${'a\\nb'}
  ${'a terminal escape'}          | ${'\u001b[2J'}   | ${'\\u001b[2J'}
  ${'a terminal escape of one'}   | ${'\u009b2J'}    | ${'\\u009b2J'}
  ${'turned writing'}             | ${'a\u202eb'}    | ${'a\\u202eb'}
  ${'a line end of other places'} | ${'a\u2028b'}    | ${'a\\u2028b'}
  ${'a sign that nobody sees'}    | ${'a\u{e0001}b'} | ${'a\\udb40\\udc01b'}
`('$what: $written', ({ text, written }) => {
  const line = jsonLogLine(`${JSON.stringify({ msg: text })}\n`);
  expect(line).toBe(`{"msg":"${written}"}\n`);
  expect(JSON.parse(line)).toEqual({ msg: text });
});
