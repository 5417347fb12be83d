import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeSpan, escapeMarkdown } from '../../messages/escape-markdown.ts';
import { exists, makeDirectory } from '../../outside/files/durable-files.ts';
import type { GitFailure } from '../../outside/git/git.ts';
import type { Markdown, PullRequest, RepositoryName } from '../../outside/github/github.ts';
import type { BuildTarget } from '../commands/choose-targets.ts';
import { jobSubdirectory } from '../commands/job-subdirectory.ts';
import type { Tools } from '../tools.ts';
import { submitPrepared, tellAndHandOver } from './build-job.ts';
import { prepareDirectory } from './prepare-directory.ts';

/** One `bot: build`, decided and written down. */
export interface BuildOrder {
  readonly delivery: string;
  readonly repository: RepositoryName;
  readonly pullRequest: PullRequest;
  readonly targets: readonly BuildTarget[];
  /** JOBS_BASE_DIR/YYYY.MM/pr_N */
  readonly pullRequestDir: string;
  /** …/event_GUID/run_NNN */
  readonly runDir: string;
}

export type BuildOutcome =
  | {
      readonly kind: 'built';
      readonly jobs: readonly { readonly id: string; readonly url?: string }[];
      /** Why targets got no job: a sentence each. */
      readonly failures: readonly Markdown[];
    }
  /** The pull request could not be had: no target got a job. */
  | { readonly kind: 'not-had'; readonly failure: GitFailure };

const preparedSideBySide = 8;

/** Builds all targets of a command: the pull request is fetched once, a target that fails stops no other. */
export async function buildCommand(order: BuildOrder, tools: Tools): Promise<BuildOutcome> {
  const directories = order.targets.map((target) =>
    join(order.runDir, jobSubdirectory(target, order.targets, tools.settings.generation)),
  );
  const failure = await prepareAll(order, directories, tools);
  if (failure !== undefined) return { kind: 'not-had', failure };
  return await submitAll(order, directories, tools);
}

/** Submits one job after the other; each is told while the next is submitted, in the same order. */
async function submitAll(order: BuildOrder, directories: readonly string[], tools: Tools): Promise<BuildOutcome> {
  const jobs: { id: string; url?: string }[] = [];
  const failures: Markdown[] = [];
  let telling: Promise<void> = Promise.resolve();
  for (const [index, target] of order.targets.entries()) {
    const job = { directory: directories[index] ?? '', pullRequestDir: order.pullRequestDir, target };
    const record = await submitPrepared(job, tools);
    const { submission } = record;
    if (submission.kind === 'refused') {
      failures.push(notSubmitted(target, submission.message));
      continue;
    }
    telling = telling.then(async () => {
      jobs.push({ id: submission.id, ...(await tellAndHandOver(job, submission.id, record, tools)) });
    });
    telling.catch(() => {}); // is thrown where it is awaited
  }
  await telling;
  return { kind: 'built', jobs, failures };
}

/** Makes the directories that are not there yet. */
async function prepareAll(
  order: BuildOrder,
  directories: readonly string[],
  tools: Tools,
): Promise<GitFailure | undefined> {
  const { git, settings } = tools;
  const missing: { directory: string; target: BuildTarget }[] = [];
  for (const [index, target] of order.targets.entries()) {
    const directory = directories[index] ?? '';
    if (!(await exists(directory))) missing.push({ directory, target });
  }
  if (missing.length === 0) return undefined;

  const { baseBranch, headSha, number } = order.pullRequest;
  const mirror = { repository: order.repository, baseBranch, pullRequest: number };
  const fetched = await git.fetchMirror(mirror);
  if (fetched.kind === 'failed') return fetched;
  if (fetched.headSha !== headSha) {
    tools.log.info({ building: headSha, head: fetched.headSha }, 'the pull request has moved on since the command');
  }
  const temporary = join(settings.stateDir, 'tmp');
  await makeDirectory(temporary, 0o700);
  const diffFile = join(temporary, `${randomUUID()}.diff`);
  try {
    const written = await git.writeDiff(mirror, headSha, diffFile);
    if (written.kind === 'failed') return written;
    const wanted = missing.map((job) => ({ ...job, mirror, diffFile, delivery: order.delivery }));
    return await firstFailure(wanted, (job) => prepareDirectory(job, settings, git));
  } finally {
    await rm(diffFile, { force: true });
  }
}

/** Does all, some side by side; what one failed with is what all would. */
async function firstFailure<T>(
  all: readonly T[],
  act: (one: T) => Promise<{ kind: 'prepared' } | GitFailure>,
): Promise<GitFailure | undefined> {
  const waiting = [...all];
  let failure: GitFailure | undefined;
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined && failure === undefined; next = waiting.shift()) {
      const answer = await act(next);
      if (answer.kind === 'failed') failure ??= answer;
    }
  };
  await Promise.all(Array.from({ length: preparedSideBySide }, worker));
  return failure;
}

function notSubmitted({ repositoryId, nodeType }: BuildTarget, message: string): Markdown {
  const target = `${codeSpan(repositoryId)} on ${codeSpan(nodeType.name)}`;
  return `no job for ${target}: ${escapeMarkdown(message)}` as Markdown;
}
