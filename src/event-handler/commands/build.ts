import { z } from 'zod';
import { maySay } from '../../messages/least-chat-level.ts';
import { md } from '../../messages/markdown.ts';
import { listAllowed } from '../arguments/job-arguments.ts';
import type { BuildOutcome } from '../submit/build-command.ts';
import { chooseTargets, whyNotTarget } from './choose-targets.ts';
import type { Command } from './command.ts';
import { keptOfBuilds, withoutUnderWay } from './left-to-build.ts';
import { limitsOf, ofBuilds, resultOfBuilds } from './of-builds.ts';
import { buildCommandFor, candidates } from './site-targets.ts';

const kept = z.object({ kind: z.literal('build'), ...keptOfBuilds });
const result = z.object({ kind: z.literal('build'), ...resultOfBuilds });

export const build: Command<'build', typeof kept, typeof result, BuildOutcome | undefined> = {
  ...ofBuilds,
  name: 'build',
  takes: ['on', 'for', 'sha', 'exportvariable', 'jobargs', 'submitargs'],
  searches: ({ hasFor }) => ['instance', 'architecture', ...(hasFor ? (['accelerator'] as const) : []), 'repository'],
  usage: ({ hasFor }) => (hasFor ? md`bot: build for:arch=ARCH[,accel=ACCEL] [on:arch=PATTERN]` : md`bot: build`),
  does: md`builds the pull request`,
  example(settings) {
    const works = candidates(settings.nodeTypes).find((each) => whyNotTarget(each, settings) === undefined);
    return works && buildCommandFor(works.nodeType, settings.dialect);
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
    return { kind: 'build', targets, refusedTargets, ...(unmatched.length > 0 && { unmatched }), ...limitsOf(line) };
  },
  leftToBuild: (all, commit, built, { control }) =>
    // If the refusal may not be posted, build it again, as earlier versions did.
    maySay('response with a refusal', control.chatLevel) ? withoutUnderWay(all, commit, built) : all,
  result,
};
