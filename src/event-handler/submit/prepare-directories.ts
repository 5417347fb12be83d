import { constants } from 'node:fs';
import { chmod, mkdir, open, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import pLimit from 'p-limit';
import { type JobRecord, longestOrdered, writeJobRecord } from '../../jobs/job-record.ts';
import { isDiskTrouble } from '../../outside/files/disk-trouble.ts';
import { moveDurably } from '../../outside/files/durable-files.ts';
import { isRealDirectory, isRealFile } from '../../outside/files/is-real.ts';
import { listTree } from '../../outside/files/list-tree.ts';
import { readBytes } from '../../outside/files/read-bytes.ts';
import { syncFileSystems } from '../../outside/files/sync-file-systems.ts';
import { syncTree } from '../../outside/files/sync-tree.ts';
import type { Git, GitFailure, Mirror } from '../../outside/git/git.ts';
import type { Account } from '../../permissions.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Tools } from '../tools.ts';
import type { BuildTarget } from './build-target.ts';
import { jobCfg } from './job-cfg.ts';

/** What a command builds; the same for all targets. */
interface WhatToBuild {
  readonly mirror: Mirror;
  readonly change: ReturnType<Git['readChange']>;
  /** The file that gets the pull request's changes as a diff. */
  readonly diffFile: string;
  readonly delivery: string;
  readonly orderedBy: Account;
  /** The head of the pull request. */
  readonly commit: string;
}

interface DirectoryToPrepare {
  /** The job's directory. Its parent exists. It gets this name only when it is complete. */
  readonly directory: string;
  readonly target: BuildTarget;
}

export type Prepared = { readonly kind: 'prepared' } | GitFailure;
type ToolsToPrepare = Pick<Tools, 'settings' | 'git' | 'runProgram' | 'environments' | 'log'>;

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

/** Makes the tree of a job beside its final place: the base branch with the pull request's changes, nothing of the target yet. */
async function makeTree(directory: string, wanted: WhatToBuild, tools: ToolsToPrepare): Promise<Prepared> {
  return await makeUnfinished(directory, (unfinished) => checkOut(unfinished, wanted, tools));
}

/** The same, copied from the unfinished tree of another job. */
async function copyUnfinished(from: string, directory: string, { git }: ToolsToPrepare): Promise<Prepared> {
  return await makeUnfinished(directory, (unfinished) => git.copyCheckOut(unfinishedOf(from), unfinished));
}

/** The unfinished directory: the same name in each attempt, so that the one of a killed process is found and removed. */
const unfinishedOf = (directory: string) => join(dirname(directory), `.${basename(directory)}.preparing`);

async function makeUnfinished(
  directory: string,
  make: (unfinished: string) => Promise<{ readonly kind: 'checked-out' } | GitFailure>,
): Promise<Prepared> {
  const unfinished = unfinishedOf(directory);
  await rm(unfinished, { recursive: true, force: true });
  const made = await make(unfinished);
  if (made.kind === 'checked-out') return { kind: 'prepared' };
  await rm(unfinished, { recursive: true, force: true });
  return made;
}

async function checkOut(
  unfinished: string,
  { mirror, change, diffFile }: WhatToBuild,
  { git, settings }: ToolsToPrepare,
): ReturnType<Git['checkOut']> {
  const checkedOut = await git.checkOut(mirror, change, unfinished);
  if (checkedOut.kind === 'failed') return checkedOut;
  // The directory has strangers' files now: the names that the bot writes may be links, or anything.
  await removeNamesOfOurs(unfinished);
  await replaceFile(diffFile, join(unfinished, `${mirror.pullRequest}.diff`));
  const { repository } = settings.build.jobScript;
  if (repository !== undefined) {
    const place = join(unfinished, repositoryBasename(repository));
    await rm(place, { recursive: true, force: true });
    const cloned = await git.clone(repository, place);
    if (cloned.kind === 'failed') return cloned;
  }
  return checkedOut;
}

/** Adds the job's configuration to its tree, syncs it, and renames it to its final name. */
async function finishDirectory(
  { directory, target }: DirectoryToPrepare,
  wanted: WhatToBuild,
  tools: ToolsToPrepare,
): Promise<Prepared> {
  const { mirror } = wanted;
  const { settings, git } = tools;
  const unfinished = unfinishedOf(directory);
  await git.giveObjects(mirror, unfinished);
  await writeCfg(unfinished, directory, target, tools);
  for (const [file, line] of Object.entries(settings.build.cvmfsCustomizations)) {
    await appendLine(join(unfinished, basename(file)), line);
  }
  const record: JobRecord = {
    version: 1,
    repository: mirror.repository,
    pullRequest: mirror.pullRequest,
    delivery: wanted.delivery,
    orderedBy: wanted.orderedBy,
    commit: wanted.commit,
    target: {
      repositoryId: target.repositoryId,
      nodeType: target.nodeType.name,
      architecture: target.forArch,
      ...(target.forAccelerator !== undefined && { accelerator: target.forAccelerator }),
    },
    ...orderedOf(target),
    submission: { kind: 'prepared' },
    comment: { kind: 'none' },
    phase: 'submitted',
    rows: [],
    rowsSent: 0,
  };
  await writeJobRecord(unfinished, record, directory);
  await putOnDisk(unfinished, tools);
  await moveDurably(unfinished, directory);
  return { kind: 'prepared' };
}

/** The order for the record; left out if it is too long: then `retry` goes by the target alone. */
function orderedOf(target: BuildTarget): Pick<JobRecord, 'ordered'> {
  const ordered = JSON.stringify(target);
  return ordered.length > longestOrdered ? {} : { ordered };
}

/** Syncs the whole tree: after a power cut no job may find half of it. */
async function putOnDisk(directory: string, tools: Pick<Tools, 'runProgram' | 'environments' | 'log'>): Promise<void> {
  const outcome = await syncTree(directory).catch((error: unknown) => {
    if (isDiskTrouble(error)) throw error;
    tools.log.info({ err: error }, 'a file could not be synced: syncing the whole file system');
    return 'too large';
  });
  if (outcome === 'synced') return;
  const result = await syncFileSystems([directory], tools);
  if (result === undefined) return;
  tools.log.warn(
    { directory, result },
    'a job directory could not be synced: after a power cut, half of it may be missing',
  );
}

/** The script for sbatch. */
export function jobScriptOf(directory: string, { jobScript }: Settings['build']): string {
  const { path, repository } = jobScript;
  return repository === undefined ? path : join(directory, repositoryBasename(repository), path);
}

function repositoryBasename(repository: string): string {
  return basename(repository.replace(/\/+$/, '')).replace(/\.git$/, '');
}

async function writeCfg(
  unfinished: string,
  directory: string,
  target: BuildTarget,
  { settings, log }: Pick<Tools, 'settings' | 'log'>,
): Promise<void> {
  const cfg = join(unfinished, 'cfg');
  await ensureRealDirectory(cfg);
  const { dir } = settings.repositories;
  if (dir !== undefined) await copyConfiguration(dir, cfg, log);
  const cfgDir = dir === undefined ? undefined : join(directory, 'cfg');
  await writeNew(join(cfg, 'job.cfg'), jobCfg(settings, target, cfgDir));
  if (target.exports.length > 0) {
    await writeNew(join(cfg, 'export_vars.sh'), target.exports.map((entry) => `export ${entry}\n`).join(''));
  }
}

/** Copies the files in `from`. Links there are followed; links in `to` are replaced. Unreadable files are skipped: the start reports them, too. */
async function copyConfiguration(from: string, to: string, log: Tools['log']): Promise<void> {
  await ensureRealDirectory(to);
  for (const { path, kind } of await listTree(from)) {
    if (kind === 'directory') await ensureRealDirectory(join(to, path));
    else if (kind === 'file') await replaceFile(join(from, path), join(to, path));
    else log.warn({ path: join(from, path), why: kind.passedOver }, 'skipped a file of repos_cfg_dir');
  }
}

/** Removes files that only the bot, Slurm and the job may write: brought along by the repository, they would fake a job. */
async function removeNamesOfOurs(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => /^(_bot_job|slurm-\d+\.out$)/.test(name));
  for (const name of names) await rm(join(directory, name), { recursive: true, force: true });
}

async function ensureRealDirectory(path: string): Promise<void> {
  if (await isRealDirectory(path)) return;
  await rm(path, { recursive: true, force: true });
  await mkdir(path);
}

/**
 * Copies a file. The copy gets the mode of the umask and the group of the directory, since the job may run as another account. Node's
 * copyFile would keep the mode and the group of the original.
 */
async function replaceFile(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  const source = await open(from, constants.O_RDONLY);
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
    const { mode, size } = await source.stat();
    const target = await open(to, flags, (mode & 0o777) | 0o444);
    try {
      for await (const bytes of readBytes(source, 0, size)) await target.writeFile(bytes);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await writeFile(path, text, { flag: 'wx' });
  await chmod(path, 0o644);
}

/** Appends a line to a file. Anything but a regular file is replaced by one. */
async function appendLine(path: string, line: string): Promise<void> {
  if (!(await isRealFile(path))) await rm(path, { recursive: true, force: true });
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  const file = await open(path, flags, 0o644);
  try {
    await file.write(`${line}\n`);
  } finally {
    await file.close();
  }
}
