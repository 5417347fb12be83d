import { expect, it } from 'vitest';
import { dialects } from '../../settings/dialects.ts';
import { findCommands } from './find-commands.ts';

it.each`
  what                                          | body                                                            | in9                                      | in6
  ${'one command'}                              | ${'bot: help'}                                                  | ${['help']}                              | ${['help']}
  ${'none in column 0'}                         | ${'text\n  bot: help'}                                          | ${[]}                                    | ${[]}
  ${'a blank is optional in 9 only'}            | ${'bot:help\n  bot: show_config'}                               | ${['help', 'show_config']}               | ${[]}
  ${'indented ones count beside column 0'}      | ${'bot: help\n  bot: status'}                                   | ${['help', 'status']}                    | ${['help', 'status']}
  ${'nothing after the colon'}                  | ${'bot:\nbot: \n bot: help'}                                    | ${[]}                                    | ${[]}
  ${'a capital'}                                | ${'Bot: help'}                                                  | ${[]}                                    | ${[]}
  ${'in the middle of a line'}                  | ${'try bot: help'}                                              | ${[]}                                    | ${[]}
  ${'Windows line ends'}                        | ${'bot: help\r\nbot: status  \r\n'}                             | ${['help', 'status']}                    | ${['help', 'status']}
  ${'a code block'}                             | ${'```\nbot: build\n```\nbot: help'}                            | ${['help']}                              | ${['help']}
  ${'a code block with a language'}             | ${'~~~sh\nbot: build\n```\n~~~\nbot: help'}                     | ${['help']}                              | ${['help']}
  ${'a longer fence is not closed by a short'}  | ${'````\n```\nbot: build\n````\nbot: help'}                     | ${['help']}                              | ${['help']}
  ${'a code block in a list'}                   | ${'- ```\n  bot: build\n  ```\nbot: help'}                      | ${['help']}                              | ${['help']}
  ${'a code block never closed'}                | ${'bot: help\n```\nbot: build'}                                 | ${['help']}                              | ${['help']}
  ${'three backquotes as inline code'}          | ${'```bot: build```\nbot: help'}                                | ${['help']}                              | ${['help']}
  ${'a quote'}                                  | ${'> bot: help'}                                                | ${[]}                                    | ${[]}
  ${'an indented quote beside a command'}       | ${'bot: help\n  > bot: build\n>\n'}                             | ${['help']}                              | ${['help']}
  ${'a fence opened in a quote ends with it'}   | ${'> ```\nbot: help'}                                           | ${['help']}                              | ${['help']}
  ${'an HTML comment'}                          | ${'<!-- bot: build -->\nbot: help'}                             | ${['help']}                              | ${['help']}
  ${'an HTML comment of several lines'}         | ${'<!--\nbot: build\n\nbot: status\n-->\nbot: help'}            | ${['help']}                              | ${['help']}
  ${'one that is never closed'}                 | ${'bot: help\n<!--\nbot: build\n\nbot: status'}                 | ${['help']}                              | ${['help']}
  ${'one that begins in a sentence'}            | ${'was: <!-- as of May\nbot: build -->\nbot: help'}             | ${['help']}                              | ${['help']}
  ${'one in a list item'}                       | ${'- <!--\nbot: build\n-->\nbot: help'}                         | ${['help']}                              | ${['help']}
  ${'one behind a sentence, not closed in it'}  | ${'a <!-- b\n\nbot: help'}                                      | ${['help']}                              | ${['help']}
  ${'one that is empty'}                        | ${'a <!--> b\nbot: help\n-->'}                                  | ${['help']}                              | ${['help']}
  ${'the beginning of one as code'}             | ${'type `<!--` for it\nbot: help\n`-->`'}                       | ${['help']}                              | ${['help']}
  ${'the beginning of one in a code block'}     | ${'```\n<!--\n```\nbot: help'}                                  | ${['help']}                              | ${['help']}
  ${'a fence in an HTML comment'}               | ${'<!--\n```\n-->\nbot: help'}                                  | ${['help']}                              | ${['help']}
  ${'a comment between two commands'}           | ${'bot: help <!-- the first -->\nbot: status'}                  | ${['help <!-- the first -->', 'status']} | ${['help <!-- the first -->', 'status']}
  ${'details'}                                  | ${'<details><summary>all</summary>\n\nbot: help\n\n</details>'} | ${['help']}                              | ${['help']}
  ${'details without empty lines'}              | ${'<details>\n<summary>all</summary>\nbot: help\n</details>'}   | ${['help']}                              | ${['help']}
  ${'a code block in details'}                  | ${'<details>\n\n```\nbot: build\n```\n\nbot: help\n</details>'} | ${['help']}                              | ${['help']}
  ${'preformatted text'}                        | ${'<pre>\nbot: build\n\n</pre>\nbot: help'}                     | ${['help']}                              | ${['help']}
  ${'indented code'}                            | ${'bot: help\n\n    bot: build'}                                | ${['help']}                              | ${['help']}
  ${'indented code, by a tab'}                  | ${'\tbot: build\n\nbot: help'}                                  | ${['help']}                              | ${['help']}
  ${'an indented line of a paragraph'}          | ${'bot: help\n    bot: status'}                                 | ${['help', 'status']}                    | ${['help', 'status']}
  ${'a paragraph of a list item'}               | ${'bot: help\n- zen2:\n\n    bot: status'}                      | ${['help', 'status']}                    | ${['help', 'status']}
  ${'code of a list item'}                      | ${'bot: help\n- zen2:\n\n      bot: status'}                    | ${['help']}                              | ${['help']}
  ${'a fence ends with its list item'}          | ${'- ```\n  bot: build\nbot: help'}                             | ${['help']}                              | ${['help']}
  ${'backquotes too far to the right'}          | ${'as follows\n    ```\nbot: help'}                             | ${['help']}                              | ${['help']}
  ${'a quote, and a line that goes on with it'} | ${'> what now?\nbot: help'}                                     | ${['help']}                              | ${['help']}
`('$what: $in9, before 9: $in6', ({ body, in9, in6 }) => {
  expect(findCommands(body, dialects['9'])).toEqual(in9);
  expect(findCommands(body, dialects['6'])).toEqual(in6);
  expect(findCommands(body, dialects['7-8'])).toEqual(in6);
});

// With an expression that looks on from each length of the run, the first would take minutes.
it('finds a command below inline code of 300,000 backquotes, which are no fence', () => {
  const texts = [
    `${'`'.repeat(300_000)}x\``,
    `${'- '.repeat(500_000)}\n${' '.repeat(1_000_000)}x`,
    'a <!-- '.repeat(200_000),
    `x ${'<!-- --> \ny'.repeat(100_000)}`,
  ];
  for (const text of texts) expect(findCommands(`${text}\nbot: help`, dialects['9'])).toEqual(['help']);
});
