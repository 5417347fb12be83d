import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ConfigFile } from './config-file.ts';
import type { Environment } from './environment.ts';
import { expandPath } from './expand-path.ts';
import type { Settings } from './settings.ts';
import { removeQuotes } from './shell-text.ts';

/** What is needed to look at what the daemons have left on the disk. */
export interface BotPlaces {
  readonly stateDir: string;
  readonly jobIdsDir: string;
  readonly pollIntervalSeconds: number;
  /** Of the App; absent where the configuration does not say. */
  readonly privateKeyPath?: string;
}

export function placesFrom({ stateDir, jobManager, github: { privateKeyPath } }: Settings): BotPlaces {
  const { jobIdsDir, pollIntervalSeconds } = jobManager;
  return { stateDir, jobIdsDir, pollIntervalSeconds, privateKeyPath };
}

/**
 * Looks for these in an app.cfg that is not valid, whatever else is wrong with it: a daemon that was started before the edit runs on.
 * Undefined where it does not say where the state directory is.
 */
export async function findPlaces(
  appCfgPath: string,
  environment: Environment,
  workingDirectory: string,
): Promise<BotPlaces | undefined> {
  const text = await readFile(resolve(workingDirectory, appCfgPath), 'utf8').catch(() => '');
  const file = new ConfigFile({ path: appCfgPath, text });
  const written = (section: string, key: string) =>
    file.has(section, key) ? removeQuotes(file.get(section, key).value.split('\n')[0] ?? '') : lineOf(text, key);
  const path = (section: string, key: string) => {
    const expanded = expandPath(written(section, key), environment);
    return 'path' in expanded && expanded.path !== '' ? resolve(workingDirectory, expanded.path) : undefined;
  };
  const jobsBaseDir = path('buildenv', 'jobs_base_dir');
  const usual = jobsBaseDir === undefined ? undefined : join(jobsBaseDir, '.bot');
  const stateDir = written('bot_control', 'state_dir') === '' ? usual : path('bot_control', 'state_dir');
  if (stateDir === undefined) return undefined;
  const jobIdsDir = path('job_manager', 'job_ids_dir') ?? join(stateDir, 'nowhere');
  const privateKeyPath = path('github', 'private_key');
  const pollIntervalSeconds = Number(written('job_manager', 'poll_interval')) || 60;
  return { stateDir, jobIdsDir, pollIntervalSeconds, ...(privateKeyPath !== undefined && { privateKeyPath }) };
}

/** The first value of a key wherever it stands: the header of its section may be what is wrong. Empty where it has none, or needs `[DEFAULT]`. */
function lineOf(text: string, key: string): string {
  const value = new RegExp(`^[ \\t]*${key}[ \\t]*[=:][ \\t]*(.+?)[ \\t\\r]*$`, 'im').exec(text)?.[1] ?? '';
  return value.includes('%(') ? '' : removeQuotes(value);
}
