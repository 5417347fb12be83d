import { z } from 'zod';
import { codeSpan } from '../../messages/escape-markdown.ts';
import { md, ownText } from '../../messages/markdown.ts';
import { whyNoJob } from '../../messages/moved-job-dirs.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import type { Dialect } from '../../settings/dialects.ts';
import type { Settings } from '../../settings/settings.ts';
import { type Filter, hasFilter, matcherOf } from '../arguments/filter.ts';
import { judgeSubmitArgument } from '../arguments/job-arguments.ts';
import { judgeArguments } from '../arguments/judge-arguments.ts';
import type { BuildOutcome } from '../submit/build-command.ts';
import type { BuildTarget } from '../submit/build-target.ts';
import { type BuiltJob, isSameTarget, targetsOfJobs } from './built-jobs.ts';
import { sortOut, whyNotTarget } from './choose-targets.ts';
import type { Command, CommandLine, Guide } from './command.ts';
import { explainMismatch, filterParts, type Mismatch } from './explain-mismatch.ts';
import { keptOfBuilds, withoutGreen, withoutUnderWay } from './left-to-build.ts';
import { limitsOf, ofBuilds, resultOfBuilds } from './of-builds.ts';
import { buildCommandFor, type Candidate, candidates } from './site-targets.ts';

/** `bot: retry` and `bot: rebuild`: build again what this instance built for the pull request, by its own records. */
function buildAgain<Name extends 'retry' | 'rebuild'>(name: Name, does: Markdown, note: Markdown, guide: Guide) {
  const kept = z.object({ kind: z.literal(name), ...keptOfBuilds });
  const result = z.object({ kind: z.literal(name), ...resultOfBuilds });
  const command: Command<Name, typeof kept, typeof result, BuildOutcome | undefined> = {
    ...ofBuilds,
    name,
    takes: ['sha'],
    searches: () => ['instance', 'architecture', 'accelerator', 'repository'],
    usage: () => md`bot: ${ownText(name)} [FILTERS] [force]`,
    does,
    example: () => name,
    notes: () => [
      note,
      md`\`force\` orders also what is being built.`,
      md`\`sha:COMMIT\` builds only if that is the head.`,
    ],
    guide,
    kept,
    plan(line, settings, built) {
      const chosen = chooseAmong(line, settings, built, name);
      if ('kind' in chosen) return chosen;
      return { kind: name, ...chosen, ...limitsOf(line) };
    },
    leftToBuild(all, commit, built) {
      const wanted = name === 'retry' ? withoutGreen(all, commit, built) : all;
      return withoutUnderWay(wanted, commit, built, isSameTarget);
    },
    result,
  };
  return command;
}

export const retry = buildAgain(
  'retry',
  md`builds again what did not end in SUCCESS on the current head`,
  md`What ended in SUCCESS on the current head is left out, and so is what another instance has built.`,
  {
    task: 'mend',
    when: md`After a push that mends a build, or when jobs were lost: each target that this instance was ever asked for on this pull request, and that is not green on the current head, is built once. Where a site shows check runs, their button *Re-run* is this command for one of them, if its commit is still the head; *Re-run all checks* for all.`,
    answers: [
      md`🚀 and a comment for each job, as with \`build\`.`,
      md`How many targets were left out since they are green; 😕 and a link for each that is being built already.`,
    ],
  },
);

export const rebuild = buildAgain(
  'rebuild',
  md`builds again all that was built before`,
  md`What another instance has built is left out.`,
  {
    task: 'mend',
    when: md`When also what is green has to be built anew, after a change outside the pull request for instance: each target that this instance was ever asked for on this pull request is built once.`,
    answers: [
      md`🚀 and a comment for each job, as with \`build\`.`,
      md`😕 and a link for each target that is being built already.`,
    ],
  },
);

type Chosen =
  | {
      readonly targets: readonly BuildTarget[];
      readonly refusedTargets: readonly { readonly target: BuildTarget; readonly reason: Markdown }[];
    }
  | { readonly kind: 'refused'; readonly reason: Markdown }
  | ({ readonly kind: 'nothing-matches' } & Mismatch);

/** The targets of earlier jobs that the filters select, each once. */
function chooseAmong(
  { filters, expanded }: CommandLine,
  settings: Settings,
  built: readonly BuiltJob[],
  name: string,
): Chosen {
  const { appName, dialect } = settings;
  const all = targetsOfJobs(built);
  if (all.length === 0) {
    const reason = md`${codeSpan(appName)} has no job of this pull request that it could ${codeSpan(name)}: ${whyNoJob}; ${codeSpan('bot: build')} with what to build orders it.`;
    return { kind: 'nothing-matches', reason, isMeant: false };
  }
  if (hasFilter(filters, 'jobid')) {
    const reason = md`${codeSpan(name)} takes no \`jobid:\`: it builds targets again, each once, whatever their jobs; \`arch:\` says which, as in ${codeSpan(`bot: ${name} arch:zen2`)}.`;
    return { kind: 'refused', reason };
  }
  const searched = (target: BuildTarget) => ({
    architecture: dialect.hasFor ? target.forArch : target.nodeType.name,
    accelerator: target.forAccelerator ?? '', // a filter on it matches no target that has none
    repository: target.repositoryId,
    instance: appName,
  });
  const matches = matcherOf(filters);
  const meant = all.filter((target) => matches(searched(target)));
  if (meant.length === 0) {
    const site = candidates(settings.nodeTypes);
    const searchedIn = (each: Candidate) => ({
      architecture: each.nodeType[dialect.architecture],
      ...(dialect.hasFor && { accelerator: each.nodeType.accelerator ?? '' }),
      repository: each.repositoryId,
      instance: appName,
    });
    const neverBuilt = site.find((each) => matches(searchedIn(each)));
    if (neverBuilt !== undefined)
      return { kind: 'nothing-matches', ...notBuiltYet(neverBuilt, filters, expanded, dialect) };
    const parts = filterParts(filters, [...all.map(searched), ...site.map(searchedIn)], appName);
    return { kind: 'nothing-matches', ...explainMismatch(parts, expanded, appName) };
  }
  const { targets, refused } = sortOut(meant, (target) => whyNotBuilt(target, settings));
  return { targets, refusedTargets: refused };
}

/** What the filters select is here, but was not built on the pull request. */
function notBuiltYet(
  { nodeType, repositoryId }: Candidate,
  filters: readonly Filter[],
  typed: string,
  dialect: Dialect,
): Mismatch {
  const repository = hasFilter(filters, 'repository') ? ` repo:${repositoryId}` : '';
  return {
    reason: md`nothing that ${codeSpan(typed)} selects was built on this pull request yet; \`bot: build\` with what to build orders it.`,
    isMeant: true,
    instead: `${buildCommandFor(nodeType, dialect)}${repository}`,
  };
}

function whyNotBuilt(target: BuildTarget, settings: Settings): Markdown | undefined {
  const isThere = settings.nodeTypes.some(({ name }) => name === target.nodeType.name);
  if (!isThere) return md`this bot has no such node type any more; \`bot: show_config\` lists all.`;
  const given = judgeArguments(filtersOf(target, settings), settings.build); // what was allowed then may be refused now
  return 'refused' in given ? given.refused : whyNotTarget(target, settings);
}

/** The arguments that gave a target its exports and its options for sbatch. */
function filtersOf({ exports, submitArguments = [] }: BuildTarget, { build }: Settings): readonly Filter[] {
  const exported = exports.map((pattern): Filter => ({ component: 'exportvariable', pattern }));
  const typed = submitArguments.map((word) => asTyped(word, build.allowedSubmitArguments)).join(' ');
  return [...exported, ...(typed === '' ? [] : [{ component: 'submitargs', pattern: typed } as const])];
}

/** An option for sbatch as it may have been typed: `--time=30` as `--time 30`, `-t30` as `-t 30`, if the site allows that form. */
function asTyped(word: string, allowed: Settings['build']['allowedSubmitArguments']): string {
  const inTwo = word.startsWith('--') ? word.replace('=', ' ') : `${word.slice(0, 2)} ${word.slice(2)}`;
  return [word, inTwo].find((typed) => 'accepted' in judgeSubmitArgument(typed, allowed)) ?? word;
}
