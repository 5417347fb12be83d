import { generateKeyPairSync } from 'node:crypto';
import { machineClock } from '../../src/daemon/clock.ts';
import type { Logger } from '../../src/daemon/logger.ts';
import { checkPlaces, missingPlaces, notePlaces, syncPlaces } from '../../src/daemon/places.ts';
import { checkedFirst } from '../../src/daemon/run-alone.ts';
import { noServiceManager } from '../../src/daemon/service-manager.ts';
import { Troubles } from '../../src/daemon/troubles.ts';
import { OutsideWaits } from '../../src/event-handler/outside-waits.ts';
import type { Delivery } from '../../src/event-handler/receive/delivery.ts';
import { Inbox } from '../../src/event-handler/receive/inbox.ts';
import { runEventHandler } from '../../src/event-handler/run-event-handler.ts';
import { keepWatching } from '../../src/job-manager/keep-watching.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { checkBeforeWrites } from '../../src/outside/files/check-before-writes.ts';
import { Seal, useSeal } from '../../src/outside/files/seal.ts';
import { ForgeTime } from '../../src/outside/forge/forge-time.ts';
import { gitHubWebhooks } from '../../src/outside/forge/github/github-webhooks.ts';
import { placesOf } from '../../src/settings/places-of.ts';
import type { Settings } from '../../src/settings/settings.ts';
import type { SimulatedGit } from './git.ts';
import type { SimulatedGitHub } from './github.ts';
import type { Process } from './process.ts';
import { workingDirectory } from './site.ts';
import type { SimulatedSlurm } from './slurm.ts';
import type { SimulatedStore } from './store.ts';
import { world } from './world.ts';

/** What a history's daemons have to do with. */
export interface Surroundings {
  readonly settings: Settings;
  readonly github: SimulatedGitHub;
  readonly slurm: SimulatedSlurm;
  readonly git: SimulatedGit;
  readonly store: SimulatedStore;
}

const recoverySeconds = 300;

const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
useSeal(Seal.ofPrivateKey(key)); // both daemons have the same

/** A daemon that does not begin, since something is missing. */
export class Refusal extends Error {
  override name = 'Refusal';
}

/** What runAlone does but for the lease: with the places looked at before all that is done, which is what it gives back. */
async function inPlaces(settings: Settings, runProgram: SimulatedGit['runSync'], afterDeath: boolean, log: Logger) {
  const places = placesOf(settings);
  const missing = await missingPlaces(places, workingDirectory);
  if (missing.length > 0) throw new Refusal(missing.join('\n'));
  checkBeforeWrites(async () => {}); // a process that has just begun has none
  await notePlaces(places, workingDirectory);
  if (afterDeath) await syncPlaces(places, { environments: { tool: {} }, runProgram, log });
  const check = () => checkPlaces(places);
  checkBeforeWrites(check); // both daemons have the same places
  return <T extends object>(outside: T): T => checkedFirst(outside, check);
}

/** All of it but the port: `listening` hears how to bring a delivery. */
export async function eventHandler(
  { settings, github, slurm, git }: Surroundings,
  process: Process,
  afterDeath: boolean,
  listening: (receive: (delivery: Omit<Delivery, 'receivedAt'>) => Promise<'new' | 'known'>) => void,
): Promise<void> {
  const { stateDir } = settings;
  const log = logger('event handler');
  const checked = await inPlaces(settings, git.runSync, afterDeath, log);
  const inbox = await Inbox.open(stateDir);
  const { signal: stop } = process.stop;
  const troubles = new Troubles(log);
  const forgeTime = new ForgeTime(machineClock, troubles);
  github.hearers.set(process, (date) => forgeTime.hear(date));
  // As the webhook server does.
  listening((delivery) => {
    const { newComment } = gitHubWebhooks.glance(delivery.event, JSON.parse(delivery.body));
    return inbox.receive({ ...delivery, receivedAt: forgeTime.best().toISOString() }, newComment);
  });
  const outside = {
    settings,
    forge: checked(github),
    git: checked(git),
    slurm: checked(slurm),
    runProgram: checked(git).runSync,
    environments: { job: {}, tool: {} },
    ...machineClock,
  };
  await runEventHandler({
    options: { port: 0, host: '', pull: recoverySeconds, cron: false },
    stateDir,
    inbox,
    stop,
    log,
    settingsFile: settingsFileOf(settings),
    outside: async () => outside,
    webhooks: gitHubWebhooks,
    waits: new OutsideWaits(),
    places: { warnings: [], look: async () => {} },
    eventsLogDir: `${workingDirectory}/events_log`,
    secrets: { current: '' },
    forgeTime,
    troubles,
    metrics: new Metrics('event handler', 'simulated'),
    lookAround: async () => {},
    manager: noServiceManager,
  });
}

const settingsFileOf = (settings: Settings) => ({
  ...{ current: async () => settings, inForce: settings, problems: [], awaitingRestart: [] },
});

/** As src/job-manager/main.ts puts it together. */
export async function jobManager(
  { settings, github, slurm, git, store }: Surroundings,
  { stop }: Process,
  afterDeath: boolean,
): Promise<void> {
  const log = logger('job manager');
  const checked = await inPlaces(settings, git.runSync, afterDeath, log);
  const outside = { forge: checked(github), slurm: checked(slurm), runProgram: checked(store).runProgram };
  await keepWatching(
    { maxManagerIterations: -1 },
    {
      settingsFile: settingsFileOf(settings),
      buildTools: async (now, jobs) => ({
        settings: now,
        ...outside,
        environments: { upload: {} },
        jobs,
        ...machineClock,
        log,
      }),
      troubles: new Troubles(log),
      log,
      stop: stop.signal,
    },
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
