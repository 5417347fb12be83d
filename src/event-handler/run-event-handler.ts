import { machineClock } from '../daemon/clock.ts';
import { moving } from '../daemon/life-signs.ts';
import type { Logger } from '../daemon/logger.ts';
import { isDiskTrouble } from '../outside/files/disk-trouble.ts';
import type { DeliveryList, Forge } from '../outside/forge/forge.ts';
import { wordsOf } from '../words-of.ts';
import { countDeliveries } from './count-deliveries.ts';
import { findPoisoned } from './find-poisoned.ts';
import { handleDelivery, tellOfFailure, tellOfWait } from './handle-delivery.ts';
import { eventHandlerReporter } from './how-it-is.ts';
import { keepMirrorsPacked } from './keep-mirrors-packed.ts';
import type { OutsideWaits } from './outside-waits.ts';
import { BadSignatures } from './receive/bad-signatures.ts';
import type { Delivery } from './receive/delivery.ts';
import { writeEventsLog } from './receive/events-log.ts';
import { judgeSignature } from './receive/judge-signature.ts';
import { Recovery } from './receive/recovery.ts';
import { RelayWatch } from './receive/relay-watch.ts';
import { type Running, type ServeOptions, serve } from './serve.ts';
import type { Tools } from './tools.ts';
import { InboxWorker } from './work-off.ts';

export interface RunOptions extends ServeOptions {
  /** An event was read from this file into the inbox: handle it, then exit. */
  readonly file?: string;
  /** Handle what is in the inbox and what was missed, then exit. */
  readonly cron: boolean;
}

/** The tools that all deliveries share. */
export type Outside = Omit<Tools, 'log' | 'forge' | 'webhooks'> & { readonly forge: Forge & DeliveryList };

type Made = 'recovery' | 'badSignatures' | 'relayWatch' | 'startWorker' | 'onDelivery' | 'report';

interface Started extends Omit<Running, Made> {
  readonly options: RunOptions;
  readonly stateDir: string;
  /** As the settings in force describe it. */
  readonly outside: () => Promise<Outside>;
  readonly waits: OutsideWaits;
  /** Where admins find the deliveries that were handled. */
  readonly eventsLogDir: string;
}

/** Runs the event handler until it is told to stop. With `cron` or `file` it throws if something was left undone. */
export async function runEventHandler(started: Started): Promise<void> {
  const { options, stateDir, inbox, outside, webhooks, forgeTime, troubles, metrics, log, stop, manager } = started;
  const comparing = manager.loop('comparison');
  const source = async () => {
    const { forge, settings } = await outside();
    return { forge: moving(forge, comparing), installationId: settings.github.installationId };
  };
  const badSignatures = new BadSignatures();
  const onMissing = (guid: string) => {
    const outcome = badSignatures.take(guid);
    if (outcome !== undefined) troubles.take(judgeSignature(outcome, webhooks));
  };
  const onDelivery = countDeliveries(metrics, webhooks);
  const relayWatch = started.relay && new RelayWatch(started.relay.name, machineClock);
  const onFetched = (event: string, deliveredAt: string) => {
    onDelivery('fetched', event);
    relayWatch?.fetched(deliveredAt);
  };
  const recovery = new Recovery({
    ...{ stateDir, inbox, webhooks, source, log, clock: machineClock, forgeTime },
    ...{ onMissing, onFetched, isPulling: options.pull !== undefined || options.cron },
  });
  const startWorker = () => startWorkerOf(started);
  const report = eventHandlerReporter({ ...started, recovery, relayWatch });
  try {
    if (options.cron) return await workOffOnce(recovery, startWorker, stop);
    if (options.file !== undefined) return await (await startWorker()).idle();
  } finally {
    if (options.cron || options.file !== undefined) await report();
  }
  // Not awaited at the end: packing a large mirror may take an hour. It is ended with this process, and git begins anew tomorrow.
  void keepMirrorsPacked(async () => (await outside()).git, log, stop);
  await serve(options, { ...started, recovery, badSignatures, startWorker, relayWatch, onDelivery, report });
}

/** Fetches what was missed, and handles what is in the inbox. */
async function workOffOnce(recovery: Recovery, startWorker: () => Promise<InboxWorker>, stop: AbortSignal) {
  const outcome = await recovery.compare(stop);
  await (await startWorker()).idle();
  if (outcome === 'complete') return;
  const { failure } = recovery.health();
  throw new Error(
    `could not find out which deliveries were missed: ${failure ?? 'stopped before all were compared'}; run it again later`,
  );
}

/** Starts the worker, and has it take up what is in the inbox. */
async function startWorkerOf(started: Started): Promise<InboxWorker> {
  const { inbox, outside, webhooks, waits, log, stop } = started;
  const tools = async (deliveryLog: Logger) => ({ ...(await outside()), webhooks, log: deliveryLog });
  const tellItFailed = async (delivery: Delivery, deliveryLog: Logger) =>
    tellOfFailure(delivery, inbox, await tools(deliveryLog));
  const worker = new InboxWorker({
    inbox,
    stop,
    log,
    monotonic: machineClock.monotonic,
    webhooks,
    handle: handleWith(started),
    tellOfFailure: tellItFailed,
    tellOfWait: async (delivery, error, deliveryLog) => tellOfWait(delivery, error, inbox, await tools(deliveryLog)),
  });
  const tellNamedFailed = async (name: string) => {
    const delivery = await inbox.find(name);
    if (delivery !== undefined) await tellItFailed(delivery, log.child({ delivery: delivery.guid }));
  };
  await findPoisoned({ inbox, worker, waits, tellOfFailure: tellNamedFailed, stop, log }).catch((err: unknown) =>
    log.warn({ err }, 'could not look for a poison message'),
  );
  await worker.lookForWork();
  return worker;
}

/** Handles one delivery with the settings in force when it begins. */
function handleWith({ inbox, outside, webhooks, eventsLogDir, troubles, log }: Started) {
  return async (...[route, delivery, own]: Parameters<ConstructorParameters<typeof InboxWorker>[0]['handle']>) => {
    const tools = await outside();
    const logged = writeEventsLog(eventsLogDir, delivery, webhooks).catch((err: unknown) =>
      log.warn({ err }, 'could not write the events log'),
    );
    try {
      await handleDelivery(route, delivery, inbox, { ...tools, webhooks, ...own });
      troubles.wentWell('disk');
    } catch (error) {
      if (isDiskTrouble(error)) troubles.report('disk', wordsOf(error));
      throw error;
    } finally {
      await logged;
    }
  };
}
