import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Unavailable } from '../../jobs/judge-error.ts';
import { makeDirectory } from '../../outside/files/durable-files.ts';
import { exists } from '../../outside/files/exists.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import type { Git, GitFailure, Mirror } from '../../outside/git/git.ts';
import type { Tools } from '../tools.ts';
import { beginSummaryOf } from './begin-summary.ts';
import { buildJob, type JobToBuild } from './build-job.ts';
import type { BuildOrder } from './build-order.ts';
import { inOrder } from './in-order.ts';
import { jobSubdirectory } from './job-subdirectory.ts';
import { type Prepared, prepareDirectories } from './prepare-directories.ts';

export type BuildOutcome =
  | {
      readonly kind: 'built';
      readonly jobs: readonly { readonly id: string; readonly url?: string }[];
      /** Why some targets got no job, a sentence each. */
      readonly failures: readonly Markdown[];
    }
  /** The pull request could not be fetched or applied, for any target. */
  | { readonly kind: 'git-failed'; readonly failure: GitFailure };

/**
 * Builds all targets of a command. The pull request is fetched once; a target that fails does not stop the others. If git's server or Slurm
 * is away, {@link Unavailable} is thrown, so that the command is retried. No job is submitted before `told` resolves.
 */
export async function buildCommand(order: BuildOrder, tools: Tools, told?: Promise<void>): Promise<BuildOutcome> {
  const jobs = order.targets.map((target) => ({
    target,
    directory: join(order.runDir, jobSubdirectory(target, order.targets, tools.settings.dialect)),
    pullRequestDir: order.pullRequestDir,
  }));
  const missing: JobToBuild[] = [];
  for (const job of jobs) if (!(await exists(job.directory))) missing.push(job);
  const temporary = join(tools.settings.stateDir, 'tmp');
  // The same name in each attempt, so that the file of a killed process is found and removed.
  const diffFile = join(temporary, `${order.delivery}_${basename(order.runDir)}.diff`);
  const mirrorUse = Promise.withResolvers<unknown>();
  try {
    await beginSummaryOf(order, jobs, tools.settings);
    if (missing.length === 0) return await buildAll(jobs, new Map(), tools, told);
    await makeDirectory(temporary, 0o700);
    const fetched = await whileMaking(missing, () => fetchChanges(order, diffFile, mirrorUse.promise, tools));
    const { delivery, orderedBy, pullRequest } = order;
    const commit = pullRequest.headSha;
    // Jobs that an earlier attempt prepared or submitted need no fetch.
    const preparing =
      fetched.kind === 'failed'
        ? new Map(missing.map((job) => [job, Promise.resolve(fetched)]))
        : prepareDirectories(missing, { ...fetched, diffFile, delivery, orderedBy, commit }, tools);
    const made = Promise.allSettled([...preparing.values(), fetched.kind === 'failed' ? fetched : fetched.change]);
    mirrorUse.resolve(made); // submitting may take long, and a job has what it needs
    try {
      return await buildAll(jobs, preparing, tools, told);
    } finally {
      await made;
    }
  } finally {
    mirrorUse.resolve(undefined);
    await rm(diffFile, { force: true });
  }
}

/** Makes the parent directories of jobs while `task` runs. */
async function whileMaking<T>(jobs: readonly JobToBuild[], task: () => Promise<T>): Promise<T> {
  const making = makeParents(jobs);
  making.catch(() => {}); // thrown below
  try {
    return await task();
  } finally {
    await making;
  }
}

async function makeParents(jobs: readonly JobToBuild[]): Promise<void> {
  for (const parent of new Set(jobs.map(({ directory }) => dirname(directory)))) await makeDirectory(parent);
}

/** Updates the mirror, and begins to read the pull request's changes from it, also into a file. */
async function fetchChanges(
  { repository, pullRequest: { baseBranch, headSha, number } }: BuildOrder,
  diffFile: string,
  mirrorUse: Promise<unknown>,
  { git, log, takenUpAt }: Tools,
): Promise<
  { readonly kind: 'fetched'; readonly mirror: Mirror; readonly change: ReturnType<Git['readChange']> } | GitFailure
> {
  const mirror = { repository, baseBranch, pullRequest: number };
  const fetched = await git.fetchMirror(mirror, headSha, takenUpAt, mirrorUse);
  if (fetched.kind === 'failed') return fetched;
  if (fetched.damage !== undefined)
    log.warn({ why: fetched.damage }, 'the mirror of the repository was damaged: made it anew');
  if (fetched.headSha !== headSha) {
    log.info({ building: headSha, head: fetched.headSha }, 'commits were pushed to the pull request after the command');
  }
  const change = git.readChange({ mirror, baseSha: fetched.baseSha, headSha }, diffFile);
  change.catch(() => {}); // thrown where it is awaited
  return { kind: 'fetched', mirror, change };
}

/**
 * Submits the jobs in order, as they are prepared, and posts their comments in the same order. The record of one is written while the next
 * ones go on. If one cannot be submitted or posted now, its error is thrown, and the jobs after it are not submitted.
 */
async function buildAll(
  jobs: readonly JobToBuild[],
  preparing: ReadonlyMap<JobToBuild, Promise<Prepared>>,
  tools: Tools,
  told: Promise<void> | undefined,
): Promise<BuildOutcome> {
  await told;
  const [submitting, telling] = [inOrder(), inOrder()];
  const ended = await Promise.allSettled(
    jobs.map(async (job) => {
      const turns = { submit: submitting(), tell: telling() };
      try {
        return await buildJob(job, preparing.get(job), turns, tools);
      } catch (error) {
        turns.submit.failed(error);
        turns.tell.failed(error);
        throw error;
      } finally {
        turns.submit.over();
        turns.tell.over();
      }
    }),
  );
  const built = ended.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
  const gitFailures = built.flatMap(({ failed }) => failed ?? []);
  const [failure] = gitFailures;
  if (failure !== undefined)
    tools.log.warn({ ...failure, targets: gitFailures.length }, 'the pull request could not be fetched or applied');
  const later = gitFailures.find(({ mayPass }) => mayPass);
  if (later !== undefined) throw new Unavailable(`the pull request cannot be fetched yet: ${later.message}`);
  if (failure !== undefined && gitFailures.length === jobs.length) return { kind: 'git-failed', failure };
  return {
    kind: 'built',
    jobs: built.flatMap(({ job }) => job ?? []),
    failures: built.flatMap(({ why }) => why ?? []),
  };
}
