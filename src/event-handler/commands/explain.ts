import { z } from 'zod';
import type { Asker } from '../../messages/explain.ts';
import { md, ownText } from '../../messages/markdown.ts';
import { text, word } from '../../outside/files/shapes.ts';
import { mayBuild } from '../../permissions.ts';
import { build } from './build.ts';
import { rebuild, retry } from './build-again.ts';
import type { Command } from './command.ts';

const keptOfExplained = z.discriminatedUnion('kind', [build.kept, retry.kept, rebuild.kept]);
const kept = z.object({
  kind: z.literal('explain'),
  /** What becomes of the command, were it typed instead. */
  of: keptOfExplained,
  /** The command behind `bot:`, with full names. */
  typed: text,
  /** Which is built; absent until it is known. */
  commit: word.exactOptional(),
});
const result = z.object({ kind: z.literal('explain'), url: word });

/** Those that bring an `explain`. */
const explained: readonly Explained[] = [build, retry, rebuild];
type Explained = Pick<Command<string, z.ZodType<z.infer<typeof keptOfExplained>>>, 'name' | 'plan' | 'explain'>;
const names = explained.map(({ name }) => name);

/** `bot: explain COMMAND …`: what the command would do, and why not more. It is decided by the command's own rules; nothing is done. */
export const explain: Command<'explain', typeof kept, typeof result, Asker> = {
  name: 'explain',
  permission: 'command',
  takesCommands: names,
  searches: () => ['instance', 'architecture', 'accelerator', 'repository'],
  words: () => names,
  usage: () => md`bot: explain COMMAND …`,
  does: md`what \`build\`, \`retry\` or \`rebuild\` would do, without doing it`,
  example(settings) {
    const works = build.example(settings);
    return works === undefined ? undefined : `explain ${works}`;
  },
  notes: () => [
    md`Behind \`explain\` stands the whole command, with its filters and arguments.`,
    md`It needs no build permission, and tells whether who asks has it.`,
  ],
  guide: {
    task: 'look',
    when: md`Before a command that builds much, or when one did not do what was expected: type \`explain\` before it.`,
    answers: [
      md`A comment with a row for each job that would be submitted: its target, its repository, its node type. Below it stand the commit, whether who asks may build, the options for sbatch, and why other targets get no job.`,
      md`😕 and the reason that the command itself would give, where it is refused or selects nothing.`,
    ],
  },
  kept,
  plan({ explains }, settings, built) {
    const command = explained.find(({ name }) => name === explains?.name);
    if (command === undefined || explains === undefined)
      return { kind: 'refused', reason: md`it lacks the command that it is about, as in \`bot: explain retry\`` };
    const decision = command.plan(explains, settings, built);
    if (decision.kind === 'refused' || decision.kind === 'nothing-matches') return decision;
    return { kind: 'explain', of: decision, typed: explains.expanded };
  },
  carryOut: async (_kept, { orderedBy }, { settings }) => ({
    login: orderedBy.login,
    mayBuild: mayBuild(orderedBy, settings),
  }),
  answer({ of, typed, commit }, asker, settings) {
    const about = { typed, asker, ...(commit !== undefined && { commit }) };
    const body = explained.find(({ name }) => name === of.kind)?.explain?.(of, about, settings);
    return body === undefined ? {} : { comment: { saying: 'explain', body } };
  },
  result,
  tell: ({ url }) => ({ kind: 'told', lines: [md`  - added comment ${ownText(url)} with what it would do`] }),
};
