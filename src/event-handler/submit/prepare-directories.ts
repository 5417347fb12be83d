import pLimit from 'p-limit';
import {
  copyUnfinished,
  type DirectoryToPrepare,
  finishDirectory,
  makeTree,
  type Prepared,
  type ToolsToPrepare,
  type WhatToBuild,
} from './prepare-directory.ts';

/**
 * Makes the directories of jobs: base branch, the pull request's changes, the job's configuration. git makes the tree of the last job, and the
 * others are copied from it. So the last one is finished, and submitted, after the others.
 */
export function prepareDirectories<Job extends DirectoryToPrepare>(
  jobs: readonly Job[],
  wanted: WhatToBuild,
  tools: ToolsToPrepare,
): ReadonlyMap<Job, Promise<Prepared>> {
  const original = jobs.at(-1);
  if (original === undefined) return new Map();
  const made = makeTree(original.directory, wanted, tools);
  const sideBySide = pLimit(4);
  const prepareCopy = async (job: Job): Promise<Prepared> => {
    const tree = await made;
    const copied = tree.kind === 'prepared' ? await copyUnfinished(original.directory, job.directory, tools) : tree;
    return copied.kind === 'prepared' ? await finishDirectory(job, wanted, tools) : copied;
  };
  const preparing = new Map(jobs.slice(0, -1).map((job) => [job, sideBySide(prepareCopy, job)]));
  const prepareOriginal = async (): Promise<Prepared> => {
    await Promise.allSettled(preparing.values());
    const tree = await made;
    return tree.kind === 'prepared' ? await finishDirectory(original, wanted, tools) : tree;
  };
  return preparing.set(original, prepareOriginal());
}
