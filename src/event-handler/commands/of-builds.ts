import { z } from 'zod';
import { failureComment } from '../../messages/failure-comment.ts';
import { md } from '../../messages/markdown.ts';
import { tellOfJobs } from '../../messages/response.ts';
import { list, word } from '../../outside/files/shapes.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import type { Settings } from '../../settings/settings.ts';
import { type BuildOutcome, buildCommand } from '../submit/build-command.ts';
import type { Tools } from '../tools.ts';
import type { Answer, CommandContext, CommandLine } from './command.ts';
import { explainBuild } from './explain-build.ts';
import { keptMarkdown } from './kept-markdown.ts';
import { type KeptOfBuilds, whyLeftOut } from './left-to-build.ts';

/** What plans keep of the result of a build. */
export const resultOfBuilds = {
  /** `url` of its comment, if it has one. */
  jobs: list(z.object({ id: word, url: word.exactOptional() })),
  /** Why some targets got no job, a sentence each. */
  failures: list(keptMarkdown),
};

/** What the commands that build share. */
export const ofBuilds = {
  permission: 'build',
  words: () => ['force'],
  isPartlyRefused: ({ targets, refusedTargets, unmatched, underWay, unread }: KeptOfBuilds) =>
    targets.length === 0 ||
    refusedTargets.length > 0 ||
    [unmatched, underWay, unread].some((each) => each !== undefined),
  explain: explainBuild,
  carryOut: buildTargets,
  answer: answerBuild,
  tell: ({ jobs, failures }: ResultOfBuild<string>) => tellOfJobs(jobs, failures),
} as const;

/** What the words of a command say of its builds besides. */
export const limitsOf = ({ sha, words }: CommandLine) => ({
  ...(sha !== undefined && { sha }),
  ...(words.includes('force') && { force: true as const }),
});

async function buildTargets(
  { targets }: KeptOfBuilds,
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

function answerBuild<Name extends string>(
  all: KeptOfBuilds & { readonly kind: Name },
  outcome: BuildOutcome | undefined,
  { texts }: Settings,
): Answer<ResultOfBuild<Name>> {
  const { kind } = all;
  const failures = whyLeftOut(all);
  if (outcome?.kind === 'built')
    return { result: { kind, jobs: outcome.jobs, failures: [...failures, ...outcome.failures] } };
  const refused = { result: { kind, jobs: [], failures } };
  if (outcome !== undefined) {
    const body = failureComment(outcome.failure.step, outcome.failure.message, texts);
    return { comment: { saying: 'download failure', body }, ...(failures.length > 0 && refused) };
  }
  if (all.targets.length === 0) return refused;
  const reason = md`GitHub no longer shows this pull request to the bot`;
  return { result: { kind: 'failed', command: kind, reason } };
}
