import { join, resolve } from 'node:path';
import { ConfigFile } from './config-file.ts';
import type { Environment } from './environment.ts';
import { expandPath } from './expand-path.ts';
import { readAppCfg } from './read-app-cfg.ts';
import type { Settings } from './settings.ts';
import { removeQuotes } from './shell-text.ts';

/** Where the daemons keep their files. */
export interface BotPlaces {
  readonly stateDir: string;
  readonly jobIdsDir: string;
  readonly pollIntervalSeconds: number;
  /** Of the App; absent if the configuration does not name it. */
  readonly privateKeyPath?: string;
}

export function placesFrom({ stateDir, jobManager, github: { privateKeyPath } }: Settings): BotPlaces {
  const { jobIdsDir, pollIntervalSeconds } = jobManager;
  return { stateDir, jobIdsDir, pollIntervalSeconds, privateKeyPath };
}

/** Finds them in an app.cfg that is not valid: a daemon started before the edit still runs. Undefined without a state directory. */
export async function findPlaces(
  appCfgPath: string,
  environment: Environment,
  workingDirectory: string,
): Promise<BotPlaces | undefined> {
  const { written, path } = await openTolerantly(appCfgPath, environment, workingDirectory);
  const jobsBaseDir = path('buildenv', 'jobs_base_dir');
  const usual = jobsBaseDir === undefined ? undefined : join(jobsBaseDir, '.bot');
  const stateDir = written('bot_control', 'state_dir') === '' ? usual : path('bot_control', 'state_dir');
  if (stateDir === undefined) return undefined;
  const jobIdsDir = path('job_manager', 'job_ids_dir') ?? join(stateDir, 'nowhere');
  const privateKeyPath = path('github', 'private_key');
  const pollIntervalSeconds = Number(written('job_manager', 'poll_interval')) || 60;
  return { stateDir, jobIdsDir, pollIntervalSeconds, ...(privateKeyPath !== undefined && { privateKeyPath }) };
}

/** Finds the daemon's log, also in an app.cfg that is not valid. Undefined where that does not tell. */
export async function findLogPath(
  daemon: 'event_handler' | 'job_manager',
  appCfgPath: string,
  environment: Environment,
  workingDirectory: string,
): Promise<string | undefined> {
  const { path } = await openTolerantly(appCfgPath, environment, workingDirectory, daemon);
  return path(daemon, 'log_path');
}

/** Why something is not found in app.cfg: a sentence without its full stop. `setting`: what would tell it. */
export async function whyNotFound(
  what: string,
  setting: string,
  appCfgPath: string,
  workingDirectory: string,
): Promise<string> {
  const read = await readAppCfg(appCfgPath, workingDirectory);
  return 'problem' in read
    ? `${appCfgPath}: ${read.problem}`
    : `${appCfgPath} does not tell where ${what} (${setting})`;
}

/** `below`: a key without a section is looked for below the name of this one alone. */
async function openTolerantly(appCfgPath: string, environment: Environment, workingDirectory: string, below?: string) {
  const read = await readAppCfg(appCfgPath, workingDirectory).catch(() => undefined); // told by who checks it
  const text = read && 'text' in read ? read.text : '';
  const file = new ConfigFile({ path: appCfgPath, text });
  const loose = below === undefined ? text : textBelow(text, below);
  const written = (section: string, key: string) =>
    file.has(section, key) ? removeQuotes(file.get(section, key).value.split('\n')[0] ?? '') : lineOf(loose, key);
  const path = (section: string, key: string) => {
    const expanded = expandPath(written(section, key), environment);
    return 'path' in expanded && expanded.path !== '' ? resolve(workingDirectory, expanded.path) : undefined;
  };
  return { written, path };
}

/** The lines from a section's header, even a broken one, to the next header. */
function textBelow(text: string, section: string): string {
  const [, ...after] = text.split(new RegExp(`^[ \\t]*\\[?[ \\t]*${section}[ \\t]*\\]?[ \\t\\r]*$`, 'm'));
  return after.join('').split(/^[ \t]*\[/m)[0] ?? '';
}

/** The first value of a key in any section: its section's header may be the mistake. Empty if it is missing or needs `[DEFAULT]`. */
function lineOf(text: string, key: string): string {
  const value = new RegExp(`^[ \\t]*${key}[ \\t]*[=:][ \\t]*(.+?)[ \\t\\r]*$`, 'im').exec(text)?.[1] ?? '';
  return value.includes('%(') ? '' : removeQuotes(value);
}
