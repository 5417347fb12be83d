import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import {
  createDurably,
  makeDirectory,
  moveDurably,
  removeDurably,
  writeDurably,
} from '../outside/files/durable-files.ts';
import { exists } from '../outside/files/exists.ts';
import { listNames } from '../outside/files/list-names.ts';
import { openShape } from '../outside/files/open-shape.ts';
import { readTextIfThere } from '../outside/files/read-text-if-there.ts';
import { sealJson } from '../outside/files/seal.ts';
import { list, timeShape, word } from '../outside/files/shapes.ts';
import type { Markdown } from '../outside/forge/forge.ts';
import { saidShape } from '../outside/forge/say-once.ts';
import { commandOf } from './directories.ts';
import { forgeNumber, isCommit, pullRequestKey, repositoryShape } from './forge-names.ts';
import { isFileOfOurs } from './names-on-disk.ts';

// A summary is the comment that shows all jobs of one command. The event handler writes its file before the first job is submitted; after
// that the job manager owns it. `summaries/` has those that may still change, `summaries/done/` those whose jobs have ended.

const place = z.object({ arch: word, accelerator: word.exactOptional() });

/** A job of the command, submitted or not. */
const jobShape = z.object({ directory: word, repositoryId: word, for: place, on: place });
export type SummarizedJob = Readonly<z.infer<typeof jobShape>>;

const markdown = z.custom<Markdown>((value) => word.safeParse(value).success);

/** A row of a summary. `result`, `job`: Markdown. */
const rowShape = z.object({
  state: word,
  result: markdown,
  job: markdown,
  /** ISO 8601; absent: there is no job. */
  since: timeShape.exactOptional(),
  /** The job has ended, or there will be none. */
  hasEnded: z.boolean(),
});
export type SummaryRow = Readonly<z.infer<typeof rowShape>>;

const shape = z.object({
  version: z.literal(1),
  repository: repositoryShape,
  pullRequest: forgeNumber,
  /** Login of the account that gave the command. */
  by: word,
  commit: z.custom<string>(isCommit),
  jobs: list(jobShape),
  said: saidShape.exactOptional(),
  /** The rows that the comment is known to show. */
  rows: list(rowShape).exactOptional(),
});
export type Summary = Readonly<z.infer<typeof shape>>;

const summariesDir = (stateDir: string) => join(stateDir, 'summaries');
/** Where the files of summaries lie. */
export const summaryDirs = (stateDir: string) =>
  [summariesDir(stateDir), join(summariesDir(stateDir), 'done')] as const;

/** The file of a summary, by the directory of one of its jobs, or of the run. */
export function summaryNameOf(directory: string): string | undefined {
  const command = commandOf(directory);
  return command && `${command.delivery}_${command.run}.json`;
}

/** Writes the file of a summary. Idempotent. */
export async function beginSummary(stateDir: string, runDir: string, summary: Summary): Promise<void> {
  const name = summaryNameOf(runDir);
  if (name === undefined) throw new Error(`${runDir} is no directory of a command's run`);
  const [open, done] = summaryDirs(stateDir);
  await makeDirectory(done, 0o700);
  if ((await listNames(done)).includes(name)) return;
  await createDurably(join(open, name), sealJson('summary', name, summary));
}

/** Whether a summary shows a job. */
export async function isSummarized(stateDir: string, directory: string): Promise<boolean> {
  const name = summaryNameOf(directory);
  if (name === undefined) return false;
  return (await Promise.all(summaryDirs(stateDir).map((each) => exists(join(each, name))))).includes(true);
}

/** The summaries that may still change, and whether there are others. */
export async function listSummaries(
  stateDir: string,
): Promise<{ readonly open: readonly string[]; readonly any: boolean }> {
  const names = await listNames(summariesDir(stateDir));
  return { open: names.filter(isFileOfOurs), any: names.length > 0 };
}

/** Reads a summary; undefined: there is none. `why`: it cannot be used. */
export async function readSummary(
  stateDir: string,
  name: string,
): Promise<
  { readonly path: string; readonly summary: Summary } | { readonly path: string; readonly why: string } | undefined
> {
  for (const directory of summaryDirs(stateDir)) {
    const path = join(directory, name);
    const text = await readTextIfThere(path);
    if (text === undefined) continue;
    const { value, why } = openShape('summary', name, text, shape);
    return value === undefined ? { path, why } : { path, summary: value };
  }
  return undefined;
}

/** Resolves when the summary is on disk. */
export async function writeSummary(path: string, summary: Summary): Promise<void> {
  await writeDurably(path, sealJson('summary', basename(path), summary));
}

/** Moves a summary to `done/`: its jobs have ended, and it shows that. Idempotent. */
export async function closeSummary(stateDir: string, path: string): Promise<void> {
  const [, done] = summaryDirs(stateDir);
  if (dirname(path) !== done) await moveDurably(path, join(done, basename(path)));
}

/** Removes the summaries of jobs that were moved to the trash bin. */
export async function forgetSummaries(
  stateDir: string,
  pullRequest: Pick<Summary, 'repository' | 'pullRequest'>,
): Promise<void> {
  const [, done] = summaryDirs(stateDir);
  for (const name of (await listNames(done)).filter(isFileOfOurs)) {
    const read = await readSummary(stateDir, name);
    if (read === undefined || 'why' in read || pullRequestKey(read.summary) !== pullRequestKey(pullRequest)) continue;
    const isThere = await Promise.all(read.summary.jobs.map(({ directory }) => exists(directory)));
    if (!isThere.includes(true)) await removeDurably(join(done, name));
  }
}
