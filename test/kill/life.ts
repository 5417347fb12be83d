import { readFile } from 'node:fs/promises';
import { repository } from '../system/site.ts';
import type { Daemon, KillPoint } from './daemon.ts';
import { type KillSite, until } from './world.ts';

// What both kinds of lives have in common: what people do, and what is counted.

/** How a life ended. */
export interface LifeEnd {
  readonly reached: boolean;
  /** What others see and the next life builds on; the same after every life. */
  readonly view: readonly string[];
  /** What is not as it has to be, sentences. */
  readonly wrong: readonly string[];
  /** Temporary files and the like that nobody needs any more. */
  readonly leftOver: readonly string[];
  readonly calls: readonly string[];
}

export interface Life {
  live(kill: KillPoint | undefined): Promise<LifeEnd>;
  /** Ends the site; the next life begins on a new one. */
  close(): Promise<void>;
}

export const bothTargets = 'Please.\nbot: build for:arch=x86_64/amd/zen2+x86_64/amd/zen3';
export const noPoint: KillPoint = { at: '', when: 'before' };

/** What somebody wants to see who looks for the reason. */
export async function withCircumstances(error: unknown, site: KillSite): Promise<Error> {
  const logs = await Promise.all(['event_handler.log', 'job_manager.log'].map((name) => site.text(name)));
  const ends = logs.flatMap((log) => log.trimEnd().split('\n').slice(-4)).map((line) => line.slice(0, 600));
  return new Error([error instanceof Error ? error.message : String(error), ...ends].join('\n      '), {
    cause: error,
  });
}

export const openPullRequest = (site: KillSite) =>
  site.github.openPullRequest(repository, { branch: 'zlib', user: 'dave' });

export async function label(site: KillSite, eventHandler: Daemon, number: number): Promise<void> {
  const before = (await orders(site)).length;
  await site.listening(eventHandler);
  await site.github.setLabel(repository, number, 'carol', 'bot:deploy');
  await until('the order to deploy', async () => (await orders(site)).length > before);
}

export async function close(site: KillSite, eventHandler: Daemon, number: number): Promise<void> {
  const before = (await orders(site)).length;
  await site.listening(eventHandler);
  await site.github.closePullRequest(repository, number, 'dave');
  await until('the order to clean up', async () => (await orders(site)).length > before);
}

const isJson = (name: string) => name.endsWith('.json') && !name.startsWith('.');
export const openOrders = async (site: KillSite) => (await site.names('jobs/.bot/orders')).filter(isJson);
const orders = async (site: KillSite) => [
  ...(await openOrders(site)),
  ...(await site.names('jobs/.bot/orders/done')).filter(isJson),
];
export const deliveries = async (site: KillSite, stage: string) =>
  (await site.names(`jobs/.bot/inbox/${stage}`)).filter(isJson);

export async function callsIn(trace: string): Promise<string[]> {
  const text = await readFile(trace, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => line.split('\t')[1] ?? []);
}

/** Sentences on what is not there as often as it has to be. */
export function wrongCounts(counts: readonly (readonly [what: string, found: number, wanted: number])[]): string[] {
  return counts.flatMap(([what, found, wanted]) =>
    found === wanted ? [] : [`${what}: ${found} instead of ${wanted}`],
  );
}
