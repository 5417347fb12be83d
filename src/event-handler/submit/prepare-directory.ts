import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type JobRecord, longestOrdered, writeJobRecord } from '../../jobs/job-record.ts';
import { isDiskTrouble } from '../../outside/files/disk-trouble.ts';
import { moveDurably } from '../../outside/files/durable-files.ts';
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

/** What a command asks for, whatever the target. */
export interface WhatToBuild {
  readonly mirror: Mirror;
  readonly change: ReturnType<Git['readChange']>;
  /** The pull request's changes as a diff, once they are read. */
  readonly diffFile: string;
  readonly delivery: string;
  readonly orderedBy: Account;
  /** The head of the pull request, whose changes these are. */
  readonly commit: string;
}

export interface DirectoryToPrepare {
  /** Where the job will live, in a directory that is there; it appears complete, or not at all. */
  readonly directory: string;
  readonly target: BuildTarget;
}

export type Prepared = { readonly kind: 'prepared' } | GitFailure;
export type ToolsToPrepare = Pick<Tools, 'settings' | 'git' | 'runProgram' | 'environments' | 'log'>;

/** Makes the tree of a job beside its place: the base branch with the pull request's changes, and nothing of the target. */
export async function makeTree(directory: string, wanted: WhatToBuild, tools: ToolsToPrepare): Promise<Prepared> {
  return await makeUnfinished(directory, (unfinished) => checkOut(unfinished, wanted, tools));
}

/** The same from the tree of another job, which is not finished. */
export async function copyTree(from: string, directory: string, { git }: ToolsToPrepare): Promise<Prepared> {
  return await makeUnfinished(directory, (unfinished) => git.copyCheckOut(unfinishedOf(from), unfinished));
}

/** Where it is made: the same name each time, so that what a killed process left is found and removed. */
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
  // From here on the directory holds what strangers wrote: names that the bot writes may be links, or anything.
  await removeNamesOfOurs(unfinished);
  await replaceFile(diffFile, join(unfinished, `${mirror.pullRequest}.diff`));
  const { repository } = settings.build.jobScript;
  if (repository !== undefined) {
    const place = join(unfinished, repositoryBasename(repository));
    await rm(place, { recursive: true, force: true });
    const cloned = await git.clone(repository, place, mirror.repository);
    if (cloned.kind === 'failed') return cloned;
  }
  return checkedOut;
}

/** Adds to its tree what the job must know, puts it on the disk, and gives it its name. */
export async function finishDirectory(
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

/** Without what is too long for a record: whoever builds it again goes by its target alone. */
function orderedOf(target: BuildTarget): Pick<JobRecord, 'ordered'> {
  const ordered = JSON.stringify(target);
  return ordered.length > longestOrdered ? {} : { ordered };
}

/** A whole tree: after a power cut no job must find half of what it is to build. */
async function putOnDisk(directory: string, tools: Pick<Tools, 'runProgram' | 'environments' | 'log'>): Promise<void> {
  const outcome = await syncTree(directory).catch((error: unknown) => {
    if (isDiskTrouble(error)) throw error;
    tools.log.info({ err: error }, 'a file could not be synced: the whole file system is');
    return 'too large';
  });
  if (outcome === 'synced') return;
  const result = await syncFileSystems([directory], tools);
  if (result === undefined) return;
  tools.log.warn({ directory, result }, 'a job directory could not be synced: a power cut now would leave half of it');
}

/** The script that sbatch is given. */
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

/** Copies what lies in `from`; links there lead to what is meant, links in `to` are replaced. What cannot be read is passed over: it is told at the start too. */
async function copyConfiguration(from: string, to: string, log: Tools['log']): Promise<void> {
  await ensureRealDirectory(to);
  for (const { path, kind } of await listTree(from)) {
    if (kind === 'directory') await ensureRealDirectory(join(to, path));
    else if (kind === 'file') await replaceFile(join(from, path), join(to, path));
    else log.warn({ path: join(from, path), why: kind.passedOver }, 'passed over a file of repos_cfg_dir');
  }
}

/** What only the bot, Slurm and the job itself may write: brought along, it would tell of a job that is not there yet. */
async function removeNamesOfOurs(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => /^(_bot_job|slurm-\d+\.out$)/.test(name));
  for (const name of names) await rm(join(directory, name), { recursive: true, force: true });
}

async function ensureRealDirectory(path: string): Promise<void> {
  const isDirectory = await lstat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (isDirectory) return;
  await rm(path, { recursive: true, force: true });
  await mkdir(path);
}

/**
 * The copy is as open to readers as the umask allows, and of the directory's group, whatever the file was: the job may run as another
 * account. Node's copyFile would give it mode and group of the file.
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

/** Adds a line to a file; whatever is no file gives way to one. */
async function appendLine(path: string, line: string): Promise<void> {
  const isFile = await lstat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (!isFile) await rm(path, { recursive: true, force: true });
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  const file = await open(path, flags, 0o644);
  try {
    await file.write(`${line}\n`);
  } finally {
    await file.close();
  }
}
