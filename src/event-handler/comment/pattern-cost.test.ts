import { expect, it } from 'vitest';
import { affordable } from './pattern-cost.ts';

const numbered = (count: number, command: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => command(index));
const dense = (index: number) => `(a${index % 10}b{9}){${index}}`;

it.each`
  commands                                                                                             | why                                                                           | tooMuchFrom
  ${numbered(500, () => 'build repo:eessi.io-2023.06-software inst:eessi-bot-mc-aws for:arch=a')}      | ${'the same patterns in each of 500 commands'}                                | ${undefined}
  ${numbered(500, (index) => `build for:arch=x86_64/intel/sapphirerapids${index}`)}                    | ${'names of for: are no patterns'}                                            | ${undefined}
  ${numbered(60, (index) => `build inst:${dense(8)} arch:x86_64/intel/sapphirerapids-${index + 100}`)} | ${'60 architectures'}                                                         | ${undefined}
  ${numbered(200, (index) => `build arch:${'x'.repeat(97)}${index + 100}`)}                            | ${'200 of a hundred steps'}                                                   | ${[50, 'instance only']}
  ${numbered(200, (index) => `build repo::${'x'.repeat(96)}${index + 100}`)}                           | ${'behind a second colon'}                                                    | ${[50, 'instance only']}
  ${numbered(200, (index) => `build sub:"a inst:${'x'.repeat(97)}${index + 100}"`)}                    | ${'in quotes it names no instance'}                                           | ${[45, 'instance only']}
  ${numbered(200, (index) => `build on:arch=${'x'.repeat(97)}${index + 100}`)}                         | ${'the same in on:'}                                                          | ${[50, 'instance only']}
  ${numbered(200, (index) => `build repo=${'x'.repeat(97)}${index + 100}`)}                            | ${'a slip in the place of the colon'}                                         | ${[50, 'instance only']}
  ${numbered(200, (index) => `build repo: ${'x'.repeat(97)}${index + 100}`)}                           | ${'a blank behind the colon'}                                                 | ${[50, 'instance only']}
  ${numbered(200, (index) => `build on:x,repo:${'x'.repeat(97)}${index + 100}`)}                       | ${'a comma before a filter'}                                                  | ${[50, 'instance only']}
  ${numbered(200, (index) => `build on:${'x'.repeat(97)}${index + 100}`)}                              | ${'on: without a name'}                                                       | ${[50, 'instance only']}
  ${numbered(200, (index) => `build inst=${'x'.repeat(97)}${index + 100}`)}                            | ${'the slip where an instance is named'}                                      | ${[50, 'nothing']}
  ${numbered(200, (index) => `build inst:${'x'.repeat(97)}${index + 100}`)}                            | ${'the same for instances: it is not known any more whom the others are for'} | ${[50, 'nothing']}
`('patterns of a comment are too much from $tooMuchFrom on: $why', ({ commands, tooMuchFrom }) => {
  const answers = affordable(commands);
  const [from, what] = tooMuchFrom ?? [answers.length, 'all'];
  expect(answers).toEqual(answers.map((_, index) => (index < from ? 'all' : what)));
});
