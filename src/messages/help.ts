import type { Markdown } from '../outside/forge/forge.ts';
import { codeSpan } from './escape-markdown.ts';
import { joined, md } from './markdown.ts';

/**
 * What can be typed; part of a response comment, so indented as an item of its list. Commands that take their time come last. `notes`: on
 * arguments, a sentence each.
 */
export function helpText(
  commands: readonly { readonly usage: Markdown; readonly does: Markdown; readonly isSlow: boolean }[],
  notes: readonly Markdown[],
): Markdown {
  const lines = [
    md`  **What can be typed**`,
    md`  - Commands are read from new comments on a pull request; editing an old one does nothing.`,
    md`  - Each line can be a command, except in quotes, code blocks and HTML comments.`,
    md`  - A command stands at the start of its line: \`bot: COMMAND [ARGUMENTS]\`. The commands are:`,
    ...commands
      .toSorted((one, other) => Number(one.isSlow) - Number(other.isSlow))
      .map(({ usage, does }) => md`    - \`${usage}\`: ${does}`),
    md`  - Arguments \`component:pattern\` limit a command to what matches: \`instance\`, \`architecture\`, \`accelerator\`, \`repository\`, \`jobid\`; three letters are enough, patterns are regular expressions.`,
    ...notes.map((note) => md`  - ${note}`),
    md``,
    md`  More: https://www.eessi.io/docs/bot`,
  ];
  return joined(lines, '\n');
}

/** What is told of one command, indented alike. `searches`: names of components. `permissions`: the settings that list who may. */
export function commandHelp(command: {
  readonly usage: Markdown;
  readonly does: Markdown;
  readonly example: string | undefined;
  readonly permissions: readonly string[];
  readonly searches: readonly string[];
  readonly notes: readonly Markdown[];
}): Markdown {
  const { usage, does, example, permissions, searches, notes } = command;
  const lines = [
    md`  **\`${usage}\`**: ${does}`,
    ...(example === undefined ? [] : [md`  - An example for this instance: ${codeSpan(`bot: ${example}`)}`]),
    md`  - Who may: accounts that its admin lists in ${joined(permissions.map(codeSpan), ' and ')}.`,
    md`  - Arguments \`component:pattern\` limit it to what matches: ${joined(searches.map(codeSpan), ', ')}; three letters are enough, patterns are regular expressions.`,
    ...notes.map((note) => md`  - ${note}`),
  ];
  return joined(lines, '\n');
}
