import { join } from 'node:path';
import { exists } from '../outside/files/exists.ts';
import { listNames } from '../outside/files/list-names.ts';

/** The plans of deliveries, `GUID.json`, until they are carried out; that of a dead letter stays. */
export const plansDir = (stateDir: string) => join(stateDir, 'inbox', 'plans');

/** The deliveries with open plans. If one is a build, the directories below its `event_GUID` are still needed. */
export async function readOpenPlans(stateDir: string): Promise<ReadonlySet<string>> {
  const names = await listNames(plansDir(stateDir));
  return new Set(names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length)));
}

/** Whether the command of a job is still under way, by the path of the job's directory. */
export async function isUnderWay(stateDir: string, directory: string): Promise<boolean> {
  const guid = /\/event_([^/]+)\/run_\d+\//.exec(directory)?.[1];
  return guid === undefined || (await exists(join(plansDir(stateDir), `${guid}.json`)));
}
