import { z } from 'zod';
import type { Asker } from '../../messages/explain.ts';
import { md, ownText } from '../../messages/markdown.ts';
import { text, word } from '../../outside/files/shapes.ts';
import { mayBuild } from '../../permissions.ts';
import { build } from './build.ts';
import { rebuild, retry } from './build-again.ts';
import { leftOutOfAll } from './choose-targets.ts';
import type { Command } from './command.ts';
import { deployLabel, orderPreview, whoseDeployment } from './deploy-label.ts';

const keptOfExplained = z.discriminatedUnion('kind', [build.kept, retry.kept, rebuild.kept, deployLabel.kept]);
const kept = z.object({
  kind: z.literal('explain'),
  /** The plan of the command that is explained. */
  of: keptOfExplained,
  /** The explained command, with full names. */
  typed: text,
  /** The commit that would be built; absent until it is known. */
  commit: word.exactOptional(),
});
/** No `url`: the job manager answers later. */
const result = z.object({ kind: z.literal('explain'), url: word.exactOptional() });

/** The commands that can be explained, and the label. */
const explained: readonly Explained[] = [build, retry, rebuild, deployLabel];
type Explained = Pick<Command<string, z.ZodType<z.infer<typeof keptOfExplained>>>, 'name' | 'plan' | 'explain'>;
const names = explained.map(({ name }) => name);

/** `bot: explain COMMAND …`: plans the command as if it had been typed, and says what it would do. */
export const explain: Command<'explain', typeof kept, typeof result, Asker> = {
  name: 'explain',
  permission: 'command',
  takesCommands: names,
  searches: () => ['instance', 'architecture', 'accelerator', 'repository'],
  words: () => names,
  usage: () => md`bot: explain COMMAND …`,
  does: md`what \`build\`, \`retry\`, \`rebuild\` or the label (\`deploy\`) would do, without doing it`,
  example(settings) {
    const works = build.example(settings);
    return works === undefined ? undefined : `explain ${works}`;
  },
  notes: () => [
    md`Behind \`explain\` stands the whole command, with its filters and arguments.`,
    md`It needs no build permission, and tells whether who asks has it.`,
    md`Behind \`explain deploy\` stand filters: \`architecture:\`, \`accelerator:\`, \`repository:\`, \`jobid:\`, \`instance:\`.`,
  ],
  guide: {
    task: 'look',
    when: md`Before a command that builds much, or when one did not do what was expected: type \`explain\` before it.`,
    answers: [
      md`A comment with a row for each job that would be submitted: its target, its repository, its node type. Below it stand the commit, whether who asks may build, the options for sbatch, and why other targets get no job.`,
      md`Of \`deploy\`, a table with a row for each artefact: its size, its SHA-256, the commit that it was built from, its job, its place in the bucket, and whether the label would upload it, or why not, and when it was uploaded before (by the ledger: the bucket is not asked). It comes when all that would be uploaded is read, which takes minutes for many gigabytes; the next label uploads nothing but what it shows. What would be uploaded though its tests failed is marked.`,
      md`😕 and the reason that the command itself would give, where it is refused or selects nothing.`,
    ],
  },
  kept,
  plan({ explains }, settings, built) {
    const command = explained.find(({ name }) => name === explains?.name);
    if (command === undefined || explains === undefined)
      return { kind: 'refused', reason: md`it lacks the command that it is about, as in \`bot: explain retry\`` };
    const decision = command.plan(explains, settings, built);
    if (decision.kind === 'refused') return decision;
    if (decision.kind === 'nothing-matches') {
      const { instead, ...why } = decision;
      return { ...why, ...(instead && { instead: `explain ${instead}` }) };
    }
    const typed = explains.expanded;
    if (!('targets' in decision)) return { kind: 'explain', of: decision, typed };
    const unmatched = [...(decision.unmatched ?? []), ...leftOutOfAll(explains, decision.targets, settings)];
    return { kind: 'explain', of: { ...decision, ...(unmatched.length > 0 && { unmatched }) }, typed };
  },
  /** The job manager explains `deploy`: it plans deployments, and reading the artefacts takes long. */
  async carryOut({ of, typed }, context, { settings, now }) {
    const { orderedBy } = context;
    if (of.kind === 'deploy') await orderPreview(of, typed, context, settings, now());
    return { login: orderedBy.login, mayBuild: mayBuild(orderedBy, settings) };
  },
  async whoseIs(line, where, settings) {
    return line.explains?.name === 'deploy' ? await whoseDeployment(line, where, settings) : { kind: 'ours' };
  },
  answer({ of, typed, commit }, asker, settings) {
    if (of.kind === 'deploy') return { result: { kind: 'explain' } };
    const about = { typed, asker, ...(commit !== undefined && { commit }) };
    const body = explained.find(({ name }) => name === of.kind)?.explain?.(of, about, settings);
    return body === undefined ? {} : { comment: { saying: 'explain', body } };
  },
  result,
  tell: ({ url }) => ({
    kind: 'told',
    lines: [
      url === undefined
        ? md`  - a comment with what the label would do follows, as soon as the artefacts are read`
        : md`  - added comment ${ownText(url)} with what it would do`,
    ],
  }),
};
