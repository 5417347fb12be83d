import type { Logger } from '../../src/daemon/logger.ts';
import { syncPlaces } from '../../src/daemon/places.ts';
import type { Delivery } from '../../src/event-handler/receive/delivery.ts';
import { Inbox } from '../../src/event-handler/receive/inbox.ts';
import { runEventHandler } from '../../src/event-handler/run-event-handler.ts';
import { keepWatching } from '../../src/job-manager/keep-watching.ts';
import { placesOf } from '../../src/settings/places-of.ts';
import type { Settings } from '../../src/settings/settings.ts';
import type { SimulatedGit } from './git.ts';
import type { SimulatedGitHub } from './github.ts';
import type { SimulatedSlurm } from './slurm.ts';
import type { SimulatedStore } from './store.ts';
import { type Process, world } from './world.ts';

/** What a history's daemons have to do with. */
export interface Surroundings {
  readonly settings: Settings;
  readonly github: SimulatedGitHub;
  readonly slurm: SimulatedSlurm;
  readonly git: SimulatedGit;
  readonly store: SimulatedStore;
}

const recoverySeconds = 300;

/** All of it but the port: `listening` hears how to bring a delivery. */
export async function eventHandler(
  { settings, github, slurm, git }: Surroundings,
  { stop: { signal: stop } }: Process,
  afterDeath: boolean,
  listening: (receive: (delivery: Delivery) => Promise<'new' | 'known'>) => void,
): Promise<void> {
  const { stateDir } = settings;
  const log = logger('event handler');
  const programs = { childEnvironment: {}, runProgram: git.runSync };
  if (afterDeath) await syncPlaces(placesOf(settings), { ...programs, log }); // as runAlone does
  const inbox = await Inbox.open(stateDir);
  listening((delivery) => inbox.receive(delivery));
  const outside = { settings, github, git, slurm, now: () => new Date(), ...programs };
  await runEventHandler({
    options: { port: 0, host: '', pull: recoverySeconds, cron: false },
    ...{ stateDir, afterDeath, inbox, stop, log },
    settingsFile: { current: async () => settings, inForce: settings, problems: [] },
    outside: async () => outside,
    eventsLogDir: '/bot/events_log',
    secrets: { current: '' },
  });
}

/** As src/job-manager/main.ts puts it together. */
export async function jobManager(
  { settings, github, slurm, git, store: { runProgram } }: Surroundings,
  { stop }: Process,
  afterDeath: boolean,
): Promise<void> {
  const log = logger('job manager');
  if (afterDeath) await syncPlaces(placesOf(settings), { childEnvironment: {}, runProgram: git.runSync, log });
  const now = () => new Date();
  await keepWatching(
    { maxManagerIterations: -1 },
    { current: async () => settings },
    async (settings, jobs) => ({ settings, github, slurm, runProgram, uploadEnvironment: {}, jobs, now, log }),
    log,
    stop.signal,
  );
}

/** A log that becomes part of the story. */
function logger(name: string): Logger {
  const line = (fields: unknown, sentence?: string) =>
    world().tell(() => `${name} logs: ${sentence ?? ''} ${describe(fields)}`);
  const log = { debug: () => {}, info: line, warn: line, error: line, child: () => log };
  return log as unknown as Logger;
}

function describe(fields: unknown): string {
  if (typeof fields !== 'object' || fields === null) return String(fields);
  const texts = Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? value.stack : value]);
  return JSON.stringify(Object.fromEntries(texts));
}
