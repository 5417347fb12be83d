import { expect, it } from 'vitest';
import { parseFetchHead } from './parse-fetch-head.ts';

const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(40));

it.each`
  line                                                                     | reference                     | commit
  ${`${a}\t\tbranch 'main' of https://github.com/O/R`}                     | ${'refs/heads/main'}          | ${a}
  ${`${a}\tnot-for-merge\tbranch 'main' of github.com:O/R`}                | ${'refs/heads/main'}          | ${a}
  ${`${b}\tnot-for-merge\t'refs/pull/9/head' of https://github.com/O/R`}   | ${'refs/pull/9/head'}         | ${b}
  ${`${c}\tnot-for-merge\ttag 'v1' of https://github.com/O/R`}             | ${'refs/tags/v1'}             | ${c}
  ${`${a}\tnot-for-merge\tbranch 'it's' of here' of https://github.com/O`} | ${"refs/heads/it's' of here"} | ${a}
  ${`${'d'.repeat(64)}\t\tbranch 'x/y' of ../R`}                           | ${'refs/heads/x/y'}           | ${'d'.repeat(64)}
`('$line tells $reference', ({ line, reference, commit }) => {
  expect([...parseFetchHead(`${line}\n`)]).toEqual([[reference, commit]]);
});

it('passes over what is none', () => {
  expect(parseFetchHead(`\n${a}\nabc\t\tbranch 'main' of x\n${a}\t\thttps://github.com/O/R\n`)).toEqual(new Map());
});
