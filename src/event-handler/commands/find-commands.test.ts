import { expect, it } from 'vitest';
import { findCommands } from './find-commands.ts';

it.each`
  what                                         | body                                        | in9                        | in6
  ${'one command'}                             | ${'bot: help'}                              | ${['help']}                | ${['help']}
  ${'none in column 0'}                        | ${'text\n  bot: help'}                      | ${[]}                      | ${[]}
  ${'a blank is optional in 9 only'}           | ${'bot:help\n  bot: show_config'}           | ${['help', 'show_config']} | ${[]}
  ${'indented ones count beside column 0'}     | ${'bot: help\n  bot: status'}               | ${['help', 'status']}      | ${['help', 'status']}
  ${'nothing after the colon'}                 | ${'bot:\nbot: \n bot: help'}                | ${[]}                      | ${[]}
  ${'a capital'}                               | ${'Bot: help'}                              | ${[]}                      | ${[]}
  ${'in the middle of a line'}                 | ${'try bot: help'}                          | ${[]}                      | ${[]}
  ${'Windows line ends'}                       | ${'bot: help\r\nbot: status  \r\n'}         | ${['help', 'status']}      | ${['help', 'status']}
  ${'a code block'}                            | ${'```\nbot: build\n```\nbot: help'}        | ${['help']}                | ${['help']}
  ${'a code block with a language'}            | ${'~~~sh\nbot: build\n```\n~~~\nbot: help'} | ${['help']}                | ${['help']}
  ${'a longer fence is not closed by a short'} | ${'````\n```\nbot: build\n````\nbot: help'} | ${['help']}                | ${['help']}
  ${'a code block in a list'}                  | ${'- ```\n  bot: build\n  ```\nbot: help'}  | ${['help']}                | ${['help']}
  ${'a code block never closed'}               | ${'bot: help\n```\nbot: build'}             | ${['help']}                | ${['help']}
  ${'three backquotes as inline code'}         | ${'```bot: build```\nbot: help'}            | ${['help']}                | ${['help']}
  ${'a quote'}                                 | ${'> bot: help'}                            | ${[]}                      | ${[]}
  ${'an indented quote beside a command'}      | ${'bot: help\n  > bot: build\n>\n'}         | ${['help']}                | ${['help']}
  ${'a fence opened in a quote ends with it'}  | ${'> ```\nbot: help'}                       | ${['help']}                | ${['help']}
`('$what: $in9, before 9: $in6', ({ body, in9, in6 }) => {
  expect(findCommands(body, '9')).toEqual(in9);
  expect(findCommands(body, '6')).toEqual(in6);
  expect(findCommands(body, '7-8')).toEqual(in6);
});

// With an expression that looks on from each length of the run, the first would take minutes.
it('finds a command below inline code of a million backquotes, which are no fence', () => {
  expect(findCommands(`${'`'.repeat(1_000_000)}x\`\nbot: help`, '9')).toEqual(['help']);
  expect(findCommands(`${'- '.repeat(500_000)}\n${' '.repeat(1_000_000)}x\nbot: help`, '9')).toEqual(['help']);
});
