import { lstat, readlink, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Logger } from '../daemon/logger.ts';
import { complain } from '../daemon/terminal.ts';
import { hasCode } from '../outside/files/has-code.ts';
import type { runProgram } from '../outside/processes/run-program.ts';
import { wordsOf } from '../words-of.ts';
import { type JobAccount, judgePlaces, type SensitivePlace, type Step } from './judge-places.ts';
import type { Settings } from './settings.ts';
import type { ConfigFiles } from './watch-settings.ts';

const program = resolve(import.meta.dirname, '../..');

/** Runs programs, and what they are run with. */
interface Programs {
  readonly runProgram: typeof runProgram;
  readonly environment: Readonly<Record<string, string>>;
}

/** Warns of places that are as sensitive as the App's key and that jobs can write. Changes nothing, refuses nothing, never throws. */
export async function lookAtPlaces(settings: Settings, files: ConfigFiles, programs: Programs): Promise<string[]> {
  return await findOpenPlaces(settings, files, programs).catch((error: unknown) => [
    `what jobs can write could not be checked: ${wordsOf(error)}`,
  ]);
}

async function findOpenPlaces(
  settings: Settings,
  { appCfgPath, environment, workingDirectory }: ConfigFiles,
  programs: Programs,
): Promise<string[]> {
  const home = environment['HOME'];
  const paths: Record<string, string> = {
    'the program': program,
    'app.cfg': resolve(workingDirectory, appCfgPath),
    repos_cfg_dir: settings.repositories.dir ?? workingDirectory,
    private_key: settings.github.privateKeyPath,
    state_dir: settings.stateDir,
    job_ids_dir: settings.jobManager.jobIdsDir,
    'log_path of [event_handler]': settings.eventHandler.logPath,
    'log_path of [job_manager]': settings.jobManager.logPath,
    ...(home && Object.fromEntries(ofHome.map((name) => [join('$HOME', name), join(home, name)]))),
  };
  const account = await jobAccountOf(settings, programs);
  if (typeof account === 'string') return [account];
  // The nearest existing directory, if it is not made yet.
  const jobsAt = (await stepsTo(settings.build.jobsBaseDir)).at(-1)?.path ?? '/';
  const device = (await stat(jobsAt)).dev;
  const places: SensitivePlace[] = [];
  for (const [name, path] of Object.entries(paths)) {
    const found = await stat(path).catch(nothingThere);
    if (found === undefined) continue; // the bot will make it, or does not need it
    places.push({ name, path, steps: await stepsTo(path), onFileSystemOfJobs: found.dev === device });
  }
  return judgePlaces(places, account);
}

/** The places that jobs can write, as of the last look. */
export interface WatchedPlaces {
  readonly warnings: readonly string[];
  /** Looks; prints and logs what is new. A failed look does not keep a daemon from starting. */
  readonly look: () => Promise<void>;
}

export function watchPlaces(
  settings: () => Settings,
  files: ConfigFiles,
  programs: Programs,
  log: Pick<Logger, 'warn'>,
): WatchedPlaces {
  let warnings: readonly string[] = [];
  return {
    get warnings() {
      return warnings;
    },
    async look() {
      const found = await lookAtPlaces(settings(), files, programs);
      for (const warning of found) {
        if (warnings.includes(warning)) continue;
        complain(`warning: ${warning}`);
        log.warn({ warning }, 'jobs may reach what is as sensitive as the key');
      }
      warnings = found;
    },
  };
}

const ofHome = ['', '.gitconfig', '.ssh', '.aws', '.bashrc', '.profile', '.config/bot', '.config/systemd/user'];
const nothingThere = () => undefined;

/** The account that jobs run as; a sentence if the site names one that does not exist. */
async function jobAccountOf(
  { build: { jobAccount } }: Settings,
  { runProgram: run, environment }: Programs,
): Promise<JobAccount | string> {
  const { username, uid, gid } = userInfo();
  const own = { name: username, isOwn: true, named: jobAccount !== undefined, uid, gids: [gid] };
  if (jobAccount === undefined || jobAccount === username) return own;
  const ask = async (option: string) => {
    const result = await run(
      { program: 'id', arguments: [option, '--', jobAccount] },
      { environment, timeoutMilliseconds: 30_000 },
    );
    return result.kind === 'exited' && result.code === 0 ? result.stdout.trim().split(/\s+/).map(Number) : [];
  };
  const [[id], gids] = [await ask('-u'), await ask('-G')];
  if (id === undefined)
    return `job_account = ${jobAccount}: \`id ${jobAccount}\` knows no such account on this machine; make it, or write the one that jobs run as`;
  return { name: jobAccount, isOwn: id === uid, named: true, uid: id, gids };
}

/** From the root down, following links; the directory of a link is a step too. */
async function stepsTo(path: string, links = 0): Promise<Step[]> {
  if (links > 40) return [];
  const stats = await lstat(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT', 'EACCES')) return undefined;
    throw error;
  });
  const above = dirname(path) === path ? [] : await stepsTo(dirname(path), links);
  if (stats === undefined) return above;
  if (stats.isSymbolicLink()) {
    return [...above, ...(await stepsTo(resolve(dirname(path), await readlink(path)), links + 1))];
  }
  const { uid, gid, mode } = stats;
  return [...above, { path, uid, gid, mode: mode & 0o7777 }];
}
