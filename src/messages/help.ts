import type { Markdown } from '../outside/forge/forge.ts';
import type { Dialect } from '../settings/dialects.ts';

/** What can be typed; part of a response comment, so indented as an item of its list. */
export function helpText(dialect: Dialect): Markdown {
  const build = dialect.hasFor ? '`bot: build for:arch=ARCH[,accel=ACCEL] [on:arch=PATTERN]`' : '`bot: build`';
  const status = dialect.hasFor ? '`bot: status [last_build]`' : '`bot: status`';
  return [
    '  **What can be typed**',
    '  - Commands are read from new comments on a pull request; editing an old one does nothing.',
    '  - Each line can be a command, except in quotes, code blocks and HTML comments.',
    '  - A command stands at the start of its line: `bot: COMMAND [ARGUMENTS]`. The commands are:',
    '    - `bot: help`: this text',
    '    - `bot: show_config`: what this instance builds',
    `    - ${build}: builds the pull request`,
    `    - ${status}: the builds of the pull request, and how far they are`,
    '  - Arguments `component:pattern` limit a command to what matches: `instance`, `architecture`, `accelerator`, `repository`, `job`; three letters are enough, patterns are regular expressions.',
    '  - `sha:COMMIT` builds only if that is the head of the pull request.',
    ...(dialect.hasExports
      ? ['  - `exportvariable:NAME=value` sets a variable for a build, if the site allows it.']
      : []),
    ...(dialect.hasFor
      ? [
          '  - `for:arch=A+B` builds for several architectures, `accel=A+B` for several accelerators in one job; without `on:`, ARCH and ACCEL are whole names.',
        ]
      : []),
    '',
    '  More: https://www.eessi.io/docs/bot',
  ].join('\n') as Markdown;
}
