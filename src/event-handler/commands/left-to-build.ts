import { z } from 'zod';
import { codeSpan } from '../../messages/escape-markdown.ts';
import { joined, md, ownText } from '../../messages/markdown.ts';
import { list, word } from '../../outside/files/shapes.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import { type BuildTarget, targetShape } from '../submit/build-target.ts';
import { type BuiltJob, isSameBuild, isSameTarget } from './built-jobs.ts';
import { keptMarkdown } from './kept-markdown.ts';

/** What plans keep of a command that builds, besides its `kind`. */
export const keptOfBuilds = {
  targets: list(targetShape),
  refusedTargets: list(z.object({ target: targetShape, reason: keptMarkdown })),
  /** The commit has to begin with this, else nothing is built. */
  sha: word.exactOptional(),
  /** Build also what is being built already. */
  force: z.literal(true).exactOptional(),
  /** Left out: a job for the same build has not ended. */
  underWay: list(
    z.object({ target: targetShape, id: word.exactOptional(), url: word.exactOptional() }),
  ).exactOptional(),
  /** Ids of jobs whose records cannot be read. */
  unread: list(word).exactOptional(),
  /** Left out because they ended in SUCCESS: the commit, and how many. */
  green: z.object({ commit: word, count: z.int().min(1).max(100_000) }).exactOptional(),
  /** Why parts of `for:` have no target. */
  unmatched: list(keptMarkdown).exactOptional(),
};
const shape = z.object({ kind: z.string(), ...keptOfBuilds });
export type KeptOfBuilds = z.infer<typeof shape>;

/** Leaves out targets that an unfinished job builds already. */
export function withoutUnderWay<Kept extends KeptOfBuilds>(
  kept: Kept,
  commit: string,
  built: readonly BuiltJob[],
  isSame = isSameBuild,
): Kept {
  if (kept.force) return kept;
  const jobOf = (target: BuildTarget) =>
    built.findLast((job) => job.state === 'not ended' && job.commit === commit && isSame(job.target, target));
  const looked = kept.targets.map((target) => ({ target, job: jobOf(target) }));
  const underWay = looked.flatMap(({ target, job }) => {
    if (job === undefined) return [];
    const { id, url } = job;
    return [{ target, ...(id !== undefined && { id }), ...(url !== undefined && { url }) }];
  });
  if (underWay.length === 0) return kept;
  return { ...kept, targets: looked.flatMap(({ target, job }) => (job === undefined ? [target] : [])), underWay };
}

/** Leaves out targets that ended in SUCCESS on this commit. */
export function withoutGreen<Kept extends KeptOfBuilds>(kept: Kept, commit: string, built: readonly BuiltJob[]): Kept {
  const isGreen = (target: BuildTarget) =>
    built.some((job) => job.state === 'SUCCESS' && job.commit === commit && isSameTarget(job.target, target));
  const targets = kept.targets.filter((target) => !isGreen(target));
  const count = kept.targets.length - targets.length;
  return count === 0 ? kept : { ...kept, targets, green: { commit, count } };
}

/** Why parts of a command got no job, or what may be built twice, a sentence each. */
export function whyLeftOut(all: KeptOfBuilds): readonly Markdown[] {
  const { kind, unmatched = [], refusedTargets, underWay = [], unread = [], green } = all;
  return [
    ...unmatched,
    ...refusedTargets.map(({ target, reason }) => md`no job for ${titleOf(target)}: ${reason}`),
    ...underWay.map(({ target, id, url }) => {
      const job = id === undefined ? md`an earlier comment has ordered it` : md`job ${codeSpan(id)} builds it already`;
      const see = url === undefined ? md`` : md`, see ${ownText(url)}`;
      return md`no job for ${titleOf(target)}: ${job}, of the same commit${see}`;
    }),
    ...(underWay.length > 0 ? [md`to build what is being built once more, add the word ${codeSpan('force')}`] : []),
    ...unread.map(
      (id) =>
        md`what job ${codeSpan(id)} builds is not known, since its record was changed by something other than the bot: it counts neither as built nor as being built; its comment says what it builds`,
    ),
    ...(green === undefined ? [] : [greenOnes(green, kind)]),
  ];
}

function greenOnes({ commit, count }: NonNullable<KeptOfBuilds['green']>, name: string): Markdown {
  const targets = count === 1 ? md`1 target has` : md`${count} targets have`;
  const again = name === 'retry' ? md`; \`bot: rebuild\` builds all again` : md``;
  return md`${targets} ended in SUCCESS on ${codeSpan(commit.slice(0, 12))} already, and ${count === 1 ? md`is` : md`are`} left out${again}`;
}

const titleOf = (target: BuildTarget): Markdown => {
  const parts = [codeSpan(target.repositoryId), codeSpan(target.nodeType.name)];
  return joined(parts, ' on ');
};
