import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Environment } from './environment.ts';
import { expandPath } from './expand-path.ts';
import type { Settings } from './settings.ts';

/** What is needed to look at what the daemons have left on the disk. */
export interface BotPlaces {
  readonly stateDir: string;
  readonly jobIdsDir: string;
  readonly pollIntervalSeconds: number;
}

export function placesFrom({ stateDir, jobManager }: Settings): BotPlaces {
  return { stateDir, jobIdsDir: jobManager.jobIdsDir, pollIntervalSeconds: jobManager.pollIntervalSeconds };
}

/**
 * Looks for these in an app.cfg that is not valid, line by line, whatever else is wrong with it: a daemon that was started before the
 * edit runs on. Undefined where it does not say where the state directory is.
 */
export async function findPlaces(
  appCfgPath: string,
  environment: Environment,
  workingDirectory: string,
): Promise<BotPlaces | undefined> {
  const text = await readFile(resolve(workingDirectory, appCfgPath), 'utf8').catch(() => '');
  const directory = (key: string) => {
    const written = valueIn(text, key);
    const expanded = written === undefined ? undefined : expandPath(written, environment);
    return expanded !== undefined && 'path' in expanded ? resolve(workingDirectory, expanded.path) : undefined;
  };
  const jobsBaseDir = directory('jobs_base_dir');
  const stateDir = directory('state_dir') ?? (jobsBaseDir && join(jobsBaseDir, '.bot'));
  if (stateDir === undefined) return undefined;
  const pollIntervalSeconds = Number(valueIn(text, 'poll_interval')) || 60;
  return { stateDir, jobIdsDir: directory('job_ids_dir') ?? join(stateDir, 'nowhere'), pollIntervalSeconds };
}

/** The first value of a key, in whatever section, without quotes round it. */
function valueIn(text: string, key: string): string | undefined {
  const value = new RegExp(`^[ \\t]*${key}[ \\t]*[=:][ \\t]*(.+?)[ \\t\\r]*$`, 'im').exec(text)?.[1];
  return value?.replace(/^(["'])(.*)\1$/, '$2');
}
