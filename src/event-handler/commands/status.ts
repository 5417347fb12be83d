import { z } from 'zod';
import { readKnownHead } from '../../jobs/known-pull-request.ts';
import { parseJobComments } from '../../messages/job-comments.ts';
import { md, ownText } from '../../messages/markdown.ts';
import { lastBuilds, renderStatus } from '../../messages/status.ts';
import type { ToldBuild } from '../../messages/told-build.ts';
import { list, word } from '../../outside/files/shapes.ts';
import type { Comment } from '../../outside/forge/forge.ts';
import { type Filter, matcherOf } from '../arguments/filter.ts';
import type { Command } from './command.ts';

const kept = z.object({
  kind: z.literal('status'),
  lastBuild: z.boolean(),
  /** `jobid` is kept under its old name: plans on disk survive upgrades and downgrades. */
  filters: list(
    z.object({
      component: z.enum([
        'accelerator',
        'architecture',
        'exportvariable',
        'instance',
        'job',
        'repository',
        'submitargs',
      ]),
      pattern: word,
    }),
  ),
});
const result = z.object({ kind: z.literal('status'), url: word });

interface StatusFacts {
  readonly comments: readonly Comment[];
  /** The head of the pull request now; undefined if no event has told it. */
  readonly head: string | undefined;
}

/** Reads the comments of the pull request, whichever bot wrote them. */
export const status: Command<'status', typeof kept, typeof result, StatusFacts> = {
  name: 'status',
  permission: 'command',
  searches: () => ['instance', 'architecture', 'accelerator', 'repository', 'jobid'],
  words: ({ hasFor }) => (hasFor ? ['last_build'] : []),
  usage: ({ hasFor }) => (hasFor ? md`bot: status [last_build]` : md`bot: status`),
  does: md`the builds of the pull request, and how far they are`,
  example: ({ dialect }) => (dialect.hasFor ? 'status last_build' : 'status'),
  guide: {
    task: 'look',
    when: md`Before a deployment, and when many jobs run: one table of what was built for this pull request, whichever instance built it.`,
    answers: [
      md`A comment with a row for each build: its target, its result, and a link to its comment. What was built from a commit before the head is marked as _older_.`,
      md`With \`last_build\` the last build of each target. One that has not ended counts as older than one that has, as with the Python bot; a newer one is named below the table.`,
    ],
  },
  kept,
  plan: ({ words, filters }) => ({
    kind: 'status',
    lastBuild: words.includes('last_build'),
    filters: filters.map(({ component, pattern }) => ({
      component: component === 'jobid' ? 'job' : component,
      pattern,
    })),
  }),
  async carryOut(_kept, which, { forge, settings }) {
    const comments = await forge.listComments(which);
    return { comments, head: await readKnownHead(settings.stateDir, which) };
  },
  answer({ filters: asKept, lastBuild }, { comments, head }, { appName, dialect, texts }) {
    const filters = asKept.map(
      ({ component, pattern }): Filter => ({ component: component === 'job' ? 'jobid' : component, pattern }),
    );
    const builds = selectBuilds(filters, parseJobComments(comments, texts), appName);
    const shown = lastBuild ? lastBuilds(builds) : { builds, rebuilds: [] };
    const form = { dialect, hasCommits: Boolean(texts.commitSha), ...(head !== undefined && { head }) };
    const body = renderStatus(shown.builds, { ...form, rebuilds: shown.rebuilds }, filters.length > 0);
    return { comment: { saying: 'status', body } };
  },
  result,
  tell: ({ url }) => ({ kind: 'told', lines: [md`  - added status comment ${ownText(url)}`] }),
};

/** The builds that the filters of `status` match. `appName`: of the instance that answers, not the one that built. */
export function selectBuilds(
  filters: readonly Filter[],
  builds: readonly ToldBuild[],
  appName: string,
): readonly ToldBuild[] {
  const matches = matcherOf(filters);
  return builds.filter((build) =>
    matches({
      architecture: build.for.arch,
      accelerator: build.for.accelerator ?? '',
      repository: build.repository,
      instance: appName,
      jobid: build.jobId ?? '',
    }),
  );
}
