import { z } from 'zod';
import { codeSpan } from '../../messages/escape-markdown.ts';
import { failureComment } from '../../messages/failure-comment.ts';
import { md } from '../../messages/markdown.ts';
import { tellOfJobs } from '../../messages/response.ts';
import { list, word } from '../../outside/files/shapes.ts';
import { type BuildOutcome, buildCommand } from '../submit/build-command.ts';
import { chooseTargets, targetShape, whyNotTarget } from './choose-targets.ts';
import type { Command } from './command.ts';
import { listAllowed } from './job-arguments.ts';
import { markdown } from './kept-shapes.ts';
import { forArgument, pairs, targetOf } from './site-targets.ts';

const kept = z.object({
  kind: z.literal('build'),
  targets: list(targetShape),
  refusedTargets: list(z.object({ target: targetShape, reason: markdown })),
  /** Why parts of `for:` have no target. */
  unmatched: list(markdown).exactOptional(),
  /** The commit has to begin with this, else nothing is built. */
  sha: word.exactOptional(),
});
const result = z.object({
  kind: z.literal('build'),
  /** `url` of its comment, if it has one. */
  jobs: list(z.object({ id: word, url: word.exactOptional() })),
  /** Why targets got no job: one sentence each. */
  failures: list(markdown),
});

export const build: Command<'build', typeof kept, typeof result, BuildOutcome | undefined> = {
  name: 'build',
  permission: 'build',
  takes: ['on', 'for', 'sha', 'exportvariable', 'jobargs', 'submitargs'],
  searches: ({ hasFor }) => ['instance', 'architecture', ...(hasFor ? (['accelerator'] as const) : []), 'repository'],
  usage: ({ hasFor }) => (hasFor ? md`bot: build for:arch=ARCH[,accel=ACCEL] [on:arch=PATTERN]` : md`bot: build`),
  does: md`builds the pull request`,
  example(settings) {
    const works = pairs(settings.nodeTypes).find((each) => whyNotTarget(each, settings) === undefined);
    if (works === undefined) return undefined;
    const { nodeType } = works;
    return `build ${settings.dialect.hasFor ? forArgument(targetOf(nodeType)) : `arch:${nodeType.name}`}`;
  },
  notes({ dialect: { hasExports, hasFor }, build: { allowedJobArguments, allowedSubmitArguments } }) {
    return [
      md`\`sha:COMMIT\` builds only if that is the head of the pull request.`,
      ...(hasExports ? [md`\`exportvariable:NAME=value\` sets a variable for a build, if the site allows it.`] : []),
      ...(allowedJobArguments.length > 0
        ? [
            md`\`jobargs:NAME=VALUE\` does so, too, with blanks in quotes: \`jobargs:NAME="A B"\`. Allowed is what matches ${listAllowed(allowedJobArguments)}.`,
          ]
        : []),
      ...(allowedSubmitArguments.length > 0
        ? [
            md`\`submitargs:OPTION\` gives sbatch an option. Allowed is what matches ${listAllowed(allowedSubmitArguments)}.`,
          ]
        : []),
      ...(hasFor
        ? [
            md`\`for:arch=A+B\`, or more than one \`for:\`, builds for several architectures, \`for:arch=all\` for each of this instance, \`repo:A+B\` for several repositories, \`accel=A+B\` for several accelerators in one job; without \`on:\`, ARCH and ACCEL are whole names.`,
          ]
        : []),
    ];
  },
  guide: {
    task: 'build',
    when: md`Orders a job for each target that it selects, of the commit that is the head of the pull request while it is typed. Select with care: each target is a job of a cluster.`,
    answers: [
      md`🚀 and a comment for each job, which begins \`New job on instance\`: its table is brought up to date until the job has ended.`,
      md`😕 and \`no job for …\`, with the reason, for each target that gets none; the others are built.`,
      md`😕 and what git said, where the pull request cannot be fetched, or does not fit its base branch.`,
    ],
  },
  kept,
  plan(line, settings) {
    const chosen = chooseTargets(line, settings);
    if (chosen.kind !== 'targets') return chosen;
    const { targets, refused: refusedTargets, unmatched } = chosen;
    const sha = line.sha === undefined ? {} : { sha: line.sha };
    return { kind: 'build', targets, refusedTargets, ...(unmatched.length > 0 && { unmatched }), ...sha };
  },
  isPartlyRefused: ({ refusedTargets, unmatched }) => refusedTargets.length > 0 || unmatched !== undefined,
  async carryOut({ targets }, { build: place, told, delivery, orderedBy, repository }, tools) {
    if (place === undefined) return undefined;
    return await buildCommand({ delivery, orderedBy, repository, targets, ...place }, tools, told);
  },
  answer({ targets, refusedTargets, unmatched = [] }, built, { texts }) {
    const failures = [
      ...unmatched,
      ...refusedTargets.map(
        ({ target, reason }) =>
          md`no job for ${codeSpan(target.repositoryId)} on ${codeSpan(target.nodeType.name)}: ${reason}`,
      ),
    ];
    if (built?.kind === 'built')
      return { result: { kind: 'build', jobs: built.jobs, failures: [...failures, ...built.failures] } };
    const refused = { result: { kind: 'build', jobs: [], failures } } as const;
    if (built !== undefined) {
      const body = failureComment(built.failure.step, built.failure.message, texts);
      return { comment: { saying: 'download failure', body }, ...(failures.length > 0 && refused) };
    }
    if (targets.length === 0) return refused;
    const reason = md`GitHub no longer shows this pull request to the bot`;
    return { result: { kind: 'failed', command: 'build', reason } };
  },
  result,
  tell: ({ jobs, failures }) => tellOfJobs(jobs, failures),
};
