import { createPrivateKey } from 'node:crypto';
import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { quoteWord } from '../daemon/quote-word.ts';
import { exists } from '../outside/files/exists.ts';
import { hasCode } from '../outside/files/has-code.ts';
import { listTree } from '../outside/files/list-tree.ts';
import { whyNoProgram } from '../outside/processes/find-program.ts';
import { environmentFilesOf } from './environment-files.ts';
import type { WrittenPath, WrittenProgram } from './reading.ts';
import type { Problem } from './settings.ts';
import { tellReadOnly } from './tell-read-only.ts';

/** Where paths are looked up. */
interface Surroundings {
  readonly workingDirectory: string;
  /** `PATH` of the environment. */
  readonly searchPath: string;
  /** `HOME`; without it the daemons' environment files are not looked for. */
  readonly home?: string;
}

/** A sentence that says what is wrong with a path on the disk, or undefined. */
type Check = (path: string) => Promise<string | undefined>;

const checks: Readonly<Record<string, Check>> = {
  private_key: checkPrivateKey,
  build_job_script: checkReadable,
  jobs_base_dir: checkDirectory,
  job_ids_dir: checkDirectory,
  trash_bin_dir: checkDirectory,
  state_dir: checkDirectory,
  log_path: checkFileToWrite,
  status_page: checkFileToWrite,
};

/** What to say of a file without which the daemons start, and some of their work fails. */
const doubts: Readonly<Record<string, (path: string) => string>> = {
  config_bundle: (path) =>
    `there is no file ${path}, which jobs for it need; put it there, or take config_bundle and config_map out`,
  signing: (path) => `there is no key ${path}; put it there, or write where it is`,
};

/** Checks the paths and programs of the settings on the disk. Creates nothing. */
export async function checkAgainstDisk(
  paths: readonly WrittenPath[],
  programs: readonly WrittenProgram[],
  surroundings: Surroundings,
): Promise<{ readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] }> {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  for (const { where, written, expanded } of paths) {
    const problem = await findProblem(where.key ?? '', expanded);
    if (problem !== undefined) problems.push({ ...where, ...problem });
    if (where.key === 'private_key' && problem === undefined && (await isReadByOthers(expanded))) {
      const message = `${expanded} can be read by other accounts, who could act as the App: run chmod 600 ${quoteWord(expanded)}`;
      warnings.push({ ...where, message });
    }
    if (where.key === 'state_dir' && (await isOpenToOthers(expanded))) {
      const message = `${expanded} is open to other users, who could read what the bot received: run chmod 700 ${quoteWord(expanded)}`;
      warnings.push({ ...where, message });
    }
    const missing = doubts[where.key ?? '']?.(expanded);
    const doubt = missing && (await whyNotThere(expanded, missing));
    if (doubt !== undefined) warnings.push({ ...where, message: doubt });
    if (where.key === 'status_page' && problem === undefined && !(await exists(dirname(expanded)))) {
      const message = `there is no directory ${dirname(expanded)}, and the bot makes none for the page; make it, or write another path`;
      warnings.push({ ...where, message });
    }
    if (where.key === 'repos_cfg_dir') {
      const found = (await passedOverIn(expanded)).map((message) => ({ ...where, message }));
      warnings.push(...found);
    }
    const literal = resolve(surroundings.workingDirectory, written);
    if (/^~|\$/.test(written) && literal !== expanded && (await exists(literal))) {
      const message = `means ${expanded}, but there is ${literal} too, as the Python bot took it; move what is needed from there and remove it`;
      warnings.push({ ...where, message });
    }
  }
  for (const { where, call, isNeeded } of programs) {
    const message = await whyNoProgram(call, surroundings.searchPath, surroundings.workingDirectory);
    if (message !== undefined) (isNeeded ? problems : warnings).push({ ...where, message });
  }
  for (const path of await environmentFilesOf(surroundings.home)) {
    if (!(await isReadByOthers(path))) continue;
    warnings.push({
      file: path,
      message: `can be read by other accounts, with the secrets in it: run chmod 600 ${quoteWord(path)}`,
    });
  }
  return { problems, warnings };
}

/** The entries of repos_cfg_dir that no job gets. An unreadable directory is reported elsewhere, as a missing repos.cfg. */
async function passedOverIn(directory: string): Promise<readonly string[]> {
  const entries = await listTree(directory).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error) return [];
    throw error;
  });
  return entries.flatMap(({ path, kind }) =>
    typeof kind === 'string' ? [] : [`holds ${path}, which ${kind.passedOver}: no job gets it; remove or mend it`],
  );
}

async function findProblem(key: string, path: string): Promise<Pick<Problem, 'message' | 'isReadOnly'> | undefined> {
  try {
    const message = await checks[key]?.(path);
    return message === undefined ? undefined : { message };
  } catch (error) {
    const { path: seen = path } = error as NodeJS.ErrnoException;
    if (hasCode(error, 'EROFS')) return { message: tellReadOnly(seen), isReadOnly: true };
    return { message: sentenceOf(error) };
  }
}

async function whyNotThere(path: string, missing: string): Promise<string | undefined> {
  try {
    return (await exists(path)) ? undefined : missing;
  } catch (error) {
    return sentenceOf(error);
  }
}

/** For a path that stat cannot reach, such as one below a closed directory. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error && 'code' in error)) throw error;
  return `cannot be looked at (${error.message}); change the modes on the way to it, or write another path`;
}

async function isReadByOthers(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats !== undefined && (stats.mode & 0o044) !== 0;
}

async function isOpenToOthers(directory: string): Promise<boolean> {
  const stats = await stat(directory).catch(() => undefined); // not there yet: it will be made for the bot's user alone
  return stats?.isDirectory() === true && (stats.mode & 0o077) !== 0;
}

/** Its messages never quote the key. */
async function checkPrivateKey(path: string): Promise<string | undefined> {
  const right =
    "; put the .pem file there that GitHub's page of the App generates under Private keys, or write where it is";
  if ((await kindOf(path)) === 'nothing') return `there is no file ${path}${right}`;
  const problem = await checkReadable(path);
  if (problem !== undefined) return problem;
  const what = kindOfKey(await readFile(path, 'utf8'));
  switch (what) {
    case 'rsa':
      return undefined;
    case 'encrypted':
      return `${path} is protected by a passphrase, which nobody can type here${right}`;
    case 'nothing':
      return `${path} holds no private key in PEM${right}`;
    default:
      return `${path} holds a key of the wrong kind (${what})${right}`;
  }
}

function kindOfKey(pem: string): string | undefined {
  // Both PEM formats say so in their header.
  if (/^(-----BEGIN ENCRYPTED|Proc-Type:.*ENCRYPTED)/m.test(pem)) return 'encrypted';
  try {
    return createPrivateKey(pem).asymmetricKeyType;
  } catch {
    return 'nothing';
  }
}

async function checkReadable(path: string): Promise<string | undefined> {
  const kind = await kindOf(path);
  if (kind === 'nothing') return `there is no file ${path}; put it there, or write where it is`;
  if (kind !== 'file') return `${path} is no regular file; write the path of one`;
  return await whyNotAccessed(path, constants.R_OK, `${path} cannot be read: permission denied; change its mode`);
}

async function checkDirectory(path: string): Promise<string | undefined> {
  const kind = await kindOf(path);
  if (kind === 'file') return `${path} is a file; write the path of a directory`;
  if (kind === 'directory')
    return await whyNotWritten(path, `nothing can be written in ${path}; change its mode or owner`);
  const parent = await nearestExisting(path);
  if ((await kindOf(parent)) === 'file') return `${path} cannot be made: ${parent} is a file; write another path`;
  return await whyNotWritten(
    parent,
    `${path} cannot be made: nothing can be written in ${parent}; make it, or write another path`,
  );
}

async function checkFileToWrite(path: string): Promise<string | undefined> {
  const kind = await kindOf(path);
  if (kind === 'directory') return `${path} is a directory; write the path of a file`;
  if (kind === 'file')
    return await whyNotWritten(path, `${path} cannot be written; change its mode or owner`, constants.W_OK);
  return checkDirectory(dirname(path));
}

async function nearestExisting(path: string): Promise<string> {
  let parent = dirname(path);
  while (parent !== dirname(parent) && !(await exists(parent))) parent = dirname(parent);
  return parent;
}

/** Anything but a directory counts as a file: a log may be /dev/null. */
async function kindOf(path: string): Promise<'file' | 'directory' | 'nothing'> {
  if (!(await exists(path))) return 'nothing';
  return (await stat(path)).isDirectory() ? 'directory' : 'file';
}

/** `denied`: what to say where the modes forbid it. Throws where the file system is mounted read-only. */
async function whyNotAccessed(path: string, mode: number, denied: string): Promise<string | undefined> {
  try {
    await access(path, mode);
    return undefined;
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM')) return denied;
    throw error;
  }
}

const whyNotWritten = (path: string, denied: string, mode = constants.W_OK | constants.X_OK) =>
  whyNotAccessed(path, mode, denied);
