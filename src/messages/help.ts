import type { Markdown } from '../outside/forge/forge.ts';
import { codeSpan } from './escape-markdown.ts';
import { joined, md } from './markdown.ts';

/** How many names are shown; `bot: show_config` has all. */
const maxNames = 6;

/**
 * The help, one screen long. It is part of a response comment, so it is indented as an item of its list. Slow commands come last.
 * `targets`: what it builds for, as typed. `example`: a command that works here, without `bot:`.
 */
export function helpText(instance: {
  readonly appName: string;
  readonly commands: readonly { readonly usage: Markdown; readonly does: Markdown; readonly isSlow: boolean }[];
  readonly targets: readonly string[];
  readonly repositories: readonly string[];
  readonly example: string | undefined;
}): Markdown {
  const { appName, commands, targets, repositories, example } = instance;
  const bot = codeSpan(appName);
  const offer =
    targets.length === 0
      ? md`  - ${bot} builds nothing yet: its configuration has no targets.`
      : md`  - ${bot} builds for ${names(targets)}; repositories: ${names(repositories)}.`;
  const lines = [
    md`  **What can be typed to ${bot}**, at the start of a line of a new comment:`,
    ...commands
      .toSorted((one, other) => Number(one.isSlow) - Number(other.isSlow))
      .map(({ usage, does }) => md`  - \`${usage}\`: ${does}`),
    md``,
    offer,
    ...(example === undefined ? [] : [md`  - For example: ${codeSpan(`bot: ${example}`)}`]),
    md`  - \`inst:PATTERN\` picks one of several bots (this one alone: ${codeSpan(`inst:^${appName}$`)}), \`repo:PATTERN\` and other filters what it is about.`,
    md`  - Reactions: 👀 the bot has read it, 🚀 jobs were submitted, 😕 something was not done. 😕 without 👀: a line is nearly a command; a command begins with \`bot:\`, where its line begins.`,
    md`  - \`bot: help COMMAND\` tells more of one command. More: https://www.eessi.io/docs/bot`,
  ];
  return joined(lines, '\n');
}

function names(all: readonly string[]): Markdown {
  const shown = joined(all.slice(0, maxNames).map(codeSpan), ', ');
  return all.length > maxNames ? md`${shown} and ${all.length - maxNames} more (\`bot: show_config\`)` : shown;
}

/** The help for one command, indented alike. `searches`: names of components. `permissions`: the settings that list who may use it. */
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
