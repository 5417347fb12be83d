import { z } from 'zod';
import { helpText } from '../../messages/help.ts';
import { md } from '../../messages/markdown.ts';
import type { Command } from './command.ts';
import { markdown } from './kept-shapes.ts';

const kept = z.object({ kind: z.literal('help') });
const result = z.object({ kind: z.literal('help'), text: markdown });

export const help: Command<'help', typeof kept, typeof result> = {
  name: 'help',
  permission: 'command',
  takes: ['exportvariable'],
  usage: () => md`bot: help`,
  does: md`this text`,
  kept,
  plan: () => ({ kind: 'help' }),
  answer: (_kept, _got, { dialect }, commands) => ({
    result: {
      kind: 'help',
      text: helpText(
        commands.map((each) => ({ usage: each.usage(dialect), does: each.does, isSlow: each.carryOut !== undefined })),
        commands.flatMap((each) => each.notes?.(dialect) ?? []),
      ),
    },
  }),
  result,
  tell: ({ text }) => ({ kind: 'told', lines: [text], saying: 'response with help' }),
};
