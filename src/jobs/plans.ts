import { join } from 'node:path';
import { exists } from '../outside/files/exists.ts';
import { listNames } from '../outside/files/list-names.ts';
import { commandOf } from './directories.ts';

/** The plans of deliveries, `GUID.json`, until they are carried out; that of a dead letter stays. */
export const plansDir = (stateDir: string) => join(stateDir, 'inbox', 'plans');

/** The deliveries with open plans. If one is a build, the directories below its `event_GUID` are still needed. */
export async function readOpenPlans(stateDir: string): Promise<ReadonlySet<string>> {
  const names = await listNames(plansDir(stateDir));
  return new Set(names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length)));
}

/** Whether the command that a job comes from is still under way. One that was set aside is not, though its plan stays. */
export async function isUnderWay(stateDir: string, directory: string): Promise<boolean> {
  const command = commandOf(directory);
  if (command === undefined) return true;
  if (!(await exists(join(plansDir(stateDir), `${command.delivery}.json`)))) return false;
  const waiting = await listNames(join(stateDir, 'inbox', 'new'));
  return waiting.some((name) => name.endsWith(`_${command.delivery}.json`));
}
