import type { Logger } from '../../src/daemon/logger.ts';
import { handleDelivery, tellOfFailure } from '../../src/event-handler/handle-delivery.ts';
import type { Delivery } from '../../src/event-handler/receive/delivery.ts';
import { Inbox } from '../../src/event-handler/receive/inbox.ts';
import { Recovery } from '../../src/event-handler/receive/recovery.ts';
import { serve } from '../../src/event-handler/serve.ts';
import type { Tools as EventHandlerTools } from '../../src/event-handler/tools.ts';
import { InboxWorker } from '../../src/event-handler/work-off.ts';
import { keepWatching } from '../../src/job-manager/keep-watching.ts';
import type { Settings } from '../../src/settings/settings.ts';
import type { SimulatedGit } from './git.ts';
import { installationId, type SimulatedGitHub } from './github.ts';
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

/** As src/event-handler/main.ts puts it together, but for the port: `listening` hears how to bring a delivery. */
export async function eventHandler(
  { settings, github, slurm, git }: Surroundings,
  { stop }: Process,
  listening: (receive: (delivery: Delivery) => Promise<'new' | 'known'>) => void,
): Promise<void> {
  const log = logger('event handler');
  const inbox = await Inbox.open(settings.stateDir);
  const now = () => new Date();
  const source = async () => ({ github, installationId });
  const recovery = new Recovery({ stateDir: settings.stateDir, inbox, source, log, now });
  const tools: EventHandlerTools = {
    ...{ settings, github, git, slurm, now, log, childEnvironment: {} },
    runProgram: git.runSync,
  };
  const startWorker = async () => {
    const worker = new InboxWorker({
      ...{ inbox, log, stop: stop.signal },
      handle: (route, delivery) => handleDelivery(route, delivery, inbox, tools),
      apologise: (delivery) => tellOfFailure(delivery, inbox, tools),
    });
    await worker.lookForWork();
    return worker;
  };
  listening((delivery) => inbox.receive(delivery));
  const settingsFile = { current: async () => settings, problems: [] };
  const secrets = { current: '' };
  await serve(
    { port: 0, host: '', pull: recoverySeconds },
    { inbox, recovery, startWorker, settingsFile, secrets, log, stop: stop.signal },
  );
}

/** As src/job-manager/main.ts puts it together. */
export async function jobManager(
  { settings, github, slurm, store: { runProgram } }: Surroundings,
  { stop }: Process,
): Promise<void> {
  const log = logger('job manager');
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
