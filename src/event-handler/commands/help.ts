import { z } from 'zod';
import { commandHelp, helpText } from '../../messages/help.ts';
import { joined, md } from '../../messages/markdown.ts';
import { list, word } from '../../outside/files/shapes.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Command } from './command.ts';
import { keptMarkdown } from './kept-markdown.ts';
import { candidates, forArgument, targetOf } from './site-targets.ts';

/** `of`: the commands to explain; absent: all. */
const kept = z.object({ kind: z.literal('help'), of: list(word).exactOptional() });
const result = z.object({ kind: z.literal('help'), text: keptMarkdown });

export const help: Command<'help', typeof kept, typeof result> = {
  name: 'help',
  permission: 'command',
  standsAlone: true,
  takes: ['exportvariable', 'jobargs', 'submitargs'],
  searches: () => ['instance'],
  words: (_dialect, commands) => commands,
  usage: () => md`bot: help [COMMAND]`,
  does: md`this text, or more of a command`,
  example: () => 'help build',
  guide: {
    task: 'look',
    when: md`Type it first: it names the targets and repositories of each instance that reads along. With a command behind it, it tells more of that.`,
    answers: [md`A comment that fits a screen.`],
  },
  kept,
  plan: ({ words }) => ({ kind: 'help', ...(words.length > 0 && { of: words }) }),
  answer({ of = [] }, _got, settings, commands) {
    const asked = commands.filter(({ name }) => of.includes(name)).map((each) => helpOf(each, settings));
    return { result: { kind: 'help', text: asked.length > 0 ? joined(asked, '\n') : helpOfAll(commands, settings) } };
  },
  result,
  tell: ({ text }) => ({ kind: 'told', lines: [text], saying: 'response with help' }),
};

function helpOfAll(commands: readonly Command[], settings: Settings) {
  const { appName, dialect, nodeTypes } = settings;
  const targets = candidates(nodeTypes).map(({ nodeType }) =>
    dialect.hasFor ? forArgument(targetOf(nodeType)).replace('for:arch=', '') : nodeType.name,
  );
  return helpText({
    appName,
    commands: commands.map((each) => ({
      usage: each.usage(dialect),
      does: each.does,
      isSlow: each.carryOut !== undefined,
    })),
    targets: [...new Set(targets)],
    repositories: [...new Set(candidates(nodeTypes).map(({ repositoryId }) => repositoryId))],
    example: commands.find(({ permission }) => permission === 'build')?.example(settings),
  });
}

function helpOf(command: Command, settings: Settings) {
  const { dialect, build } = settings;
  const isListed = command.permission === 'build' && build.permission !== 'everyone';
  return commandHelp({
    usage: command.usage(dialect),
    does: command.does,
    example: command.example(settings),
    permissions: ['command_permission', ...(isListed ? ['build_permission'] : [])],
    searches: command.searches(dialect),
    notes: command.notes?.(settings) ?? [],
  });
}
