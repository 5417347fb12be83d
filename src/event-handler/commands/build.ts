import { z } from 'zod';
import { failureComment } from '../../messages/failure-comment.ts';
import { maySay } from '../../messages/least-chat-level.ts';
import { md } from '../../messages/markdown.ts';
import { type ToldResult, tellOfJobs } from '../../messages/response.ts';
import { list, word } from '../../outside/files/shapes.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import type { Settings } from '../../settings/settings.ts';
import { type BuildOutcome, buildCommand } from '../submit/build-command.ts';
import type { BuildTarget } from '../submit/build-target.ts';
import type { Tools } from '../tools.ts';
import { chooseTargets, whyNotTarget } from './choose-targets.ts';
import type { Answer, Command, CommandContext } from './command.ts';
import { explainBuild } from './explain-build.ts';
import { listAllowed } from './job-arguments.ts';
import { keptMarkdown } from './kept-markdown.ts';
import { keptOfBuilds, whyLeftOut, withoutUnderWay } from './left-to-build.ts';
import { forArgument, pairs, targetOf } from './site-targets.ts';

const kept = z.object({
  kind: z.literal('build'),
  ...keptOfBuilds,
  /** Why parts of `for:` have no target. */
  unmatched: list(keptMarkdown).exactOptional(),
});
export const resultOfBuilds = {
  /** `url` of its comment, if it has one. */
  jobs: list(z.object({ id: word, url: word.exactOptional() })),
  /** Why targets got no job: one sentence each. */
  failures: list(keptMarkdown),
};
const result = z.object({ kind: z.literal('build'), ...resultOfBuilds });

export const build: Command<'build', typeof kept, typeof result, BuildOutcome | undefined> = {
  name: 'build',
  permission: 'build',
  takes: ['on', 'for', 'sha', 'exportvariable', 'jobargs', 'submitargs'],
  searches: ({ hasFor }) => ['instance', 'architecture', ...(hasFor ? (['accelerator'] as const) : []), 'repository'],
  words: () => ['force'],
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
      md`\`force\` orders also what is being built: else that is answered with a link to it.`,
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
      md`😕 and a link, for a target of which the same build of the same commit has not ended; it is not ordered twice.`,
      md`😕 and \`what job … builds is not known\`: its record was damaged, so that the same may be built once more; \`retry\` and \`rebuild\` leave it out.`,
      md`😕 and what git said, where the pull request cannot be fetched, or does not fit its base branch.`,
    ],
  },
  kept,
  plan(line, settings) {
    const chosen = chooseTargets(line, settings);
    if (chosen.kind !== 'targets') return chosen;
    const { targets, refused: refusedTargets, unmatched } = chosen;
    const sha = line.sha === undefined ? {} : { sha: line.sha };
    const force = line.words.includes('force') && ({ force: true } as const);
    return { kind: 'build', targets, refusedTargets, ...(unmatched.length > 0 && { unmatched }), ...sha, ...force };
  },
  isPartlyRefused: ({ refusedTargets, unmatched, underWay, unread }) =>
    refusedTargets.length > 0 || unmatched !== undefined || underWay !== undefined || unread !== undefined,
  leftToBuild: (all, commit, built, { control }) =>
    // What cannot be told is built, as it always was.
    maySay('response with a refusal', control.chatLevel) ? withoutUnderWay(all, commit, built) : all,
  explain: (all, about, settings) => explainBuild('build', all, about, settings, all.unmatched),
  carryOut: buildTargets,
  answer: (all, outcome, settings) => answerBuild('build', all, outcome, settings, all.unmatched),
  result,
  tell: tellOfBuild,
};

/** Has the targets of a command built. */
export async function buildTargets(
  { targets }: { readonly targets: readonly BuildTarget[] },
  { build: place, told, delivery, orderedBy, repository }: CommandContext,
  tools: Tools,
): Promise<BuildOutcome | undefined> {
  if (place === undefined) return undefined;
  return await buildCommand({ delivery, orderedBy, repository, targets, ...place }, tools, told);
}

interface ResultOfBuild<Name> {
  readonly kind: Name;
  readonly jobs: readonly { readonly id: string; readonly url?: string }[];
  readonly failures: readonly Markdown[];
}

/** How a command is answered that has jobs built. `unmatched`: why parts of it have no target. */
export function answerBuild<Name extends string>(
  name: Name,
  all: Parameters<typeof whyLeftOut>[0],
  outcome: BuildOutcome | undefined,
  { texts }: Settings,
  unmatched: readonly Markdown[] = [],
): Answer<ResultOfBuild<Name>> {
  const failures = [...unmatched, ...whyLeftOut(all, name)];
  if (outcome?.kind === 'built')
    return { result: { kind: name, jobs: outcome.jobs, failures: [...failures, ...outcome.failures] } };
  const refused = { result: { kind: name, jobs: [], failures } };
  if (outcome !== undefined) {
    const body = failureComment(outcome.failure.step, outcome.failure.message, texts);
    return { comment: { saying: 'download failure', body }, ...(failures.length > 0 && refused) };
  }
  if (all.targets.length === 0) return refused;
  const reason = md`GitHub no longer shows this pull request to the bot`;
  return { result: { kind: 'failed', command: name, reason } };
}

export function tellOfBuild({ jobs, failures }: ResultOfBuild<string>): ToldResult {
  return tellOfJobs(jobs, failures);
}
