import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { counted } from '../counted.ts';
import { pause } from '../daemon/pause.ts';
import { longestStopMilliseconds } from '../daemon/service-manager.ts';
import { say } from '../daemon/terminal.ts';
import { failedDir } from '../jobs/handovers.ts';
import { pruneOrders } from '../jobs/orders.ts';
import { summaryDirs } from '../jobs/summaries.ts';
import { MetricsServer } from '../metrics/metrics-server.ts';
import { pruneTemporary } from '../outside/files/prune-temporary.ts';
import type { WebhookSecrets, Webhooks } from '../outside/forge/webhooks.ts';
import type { Relay } from '../outside/relay/relay.ts';
import type { DaemonParts } from '../run-daemon.ts';
import type { Settings } from '../settings/settings.ts';
import { prunePullRequests } from './events/remember-pull-request.ts';
import { health } from './how-it-is.ts';
import type { DoorOptions } from './receive/accept-delivery.ts';
import type { BadSignatures } from './receive/bad-signatures.ts';
import { hearRelay } from './receive/hear-relay.ts';
import type { Inbox } from './receive/inbox.ts';
import { judgeSignature, type SignatureOutcome } from './receive/judge-signature.ts';
import type { Recovery } from './receive/recovery.ts';
import type { RelayWatch } from './receive/relay-watch.ts';
import { webhookServer } from './receive/webhook-server.ts';
import type { InboxWorker } from './work-off.ts';

export interface ServeOptions {
  readonly port: number;
  readonly host: string;
  /** Ask GitHub every so many seconds; no port is opened. */
  readonly pull?: number;
}

const lookAgainMilliseconds = 60_000;
/** Backlog of connections that are not accepted yet; the kernel may allow fewer. */
const connectionsWaiting = 4_096;
/** Closes the trouble that an earlier process, with a relay, may have left. */
const withoutRelay = { kind: 'relay' } as const;

export interface Running extends DaemonParts {
  readonly inbox: Inbox;
  readonly recovery: Recovery;
  readonly badSignatures: BadSignatures;
  /** Brings deliveries besides the port; undefined: no relay. */
  readonly relay?: Relay | undefined;
  readonly relayWatch?: RelayWatch | undefined;
  /** Starts the worker, which takes up what is in the inbox. */
  readonly startWorker: () => Promise<InboxWorker>;
  readonly webhooks: Webhooks;
  readonly secrets: WebhookSecrets;
  readonly onDelivery: NonNullable<DoorOptions['onDelivery']>;
  /** Checks git, Slurm and GitHub at the start, in the background. */
  readonly lookAround: () => Promise<void>;
  /** Writes the report in the state directory. */
  readonly report: () => Promise<void>;
}

/** Receives until it is told to stop: over the port, from a relay, and from GitHub's list; with `pull` from the list alone. */
export async function serve(options: ServeOptions, running: Running): Promise<void> {
  const { recovery, startWorker, settingsFile, places, troubles, log, stop, manager, report } = running;
  const { pull } = options;
  const interval = async () => pull ?? (await settingsFile.current()).eventHandler.recoveryIntervalSeconds;
  // Write the cursor of the first comparison before the first delivery can arrive, and be lost.
  if ((await recovery.isFirst()) && (await interval()) > 0) await recovery.compare(stop);
  const server = pull === undefined ? await listen(options, running) : undefined;
  const hearing = hear(running);
  const asks = `asks GitHub every ${counted(await interval(), 'second')}`;
  if (pull !== undefined) say(`The event handler ${asks}; no port is open`);
  // Missed deliveries are older than new ones: receive them before any is handled.
  if ((await interval()) > 0) await recovery.compare(stop);
  manager.loop('comparison').ended();
  const work = manager.loop('deliveries');
  work.waits(longestStopMilliseconds); // a possible poison message is handled alone first
  const worker = await startWorker();
  work.ended();
  const metricsServer = new MetricsServer({ ...running, health: () => health(running) });
  const does = server === undefined ? asks : `listens on ${addressOf(server)}`;
  const comparing = recovery.keepComparing(interval, stop, manager.loop('comparison'));
  const loop = manager.loop('inbox');
  troubles.onChange((kind) => {
    if (kind !== 'state') void report(); // the report itself raises that one
  });
  const looking = running
    .lookAround()
    .catch((err: unknown) => log.warn({ err }, 'could not check git, Slurm and GitHub at the start'));
  while (!stop.aborted) {
    const news = running.relayWatch === undefined ? withoutRelay : running.relayWatch.news();
    if (news !== undefined) troubles.take(news);
    await metricsServer.keep(settingsFile.inForce.eventHandler.metrics);
    await report();
    manager.works(does, troubles.open);
    loop.waits(lookAgainMilliseconds);
    await pause(lookAgainMilliseconds, stop);
    await prune(running, await settingsFile.current()).catch((err: unknown) =>
      log.warn({ err }, 'could not remove old files'),
    );
    if (stop.aborted) break;
    await places.look();
    await worker.lookForWork().catch((err: unknown) => log.error({ err }, 'could not read the inbox: retried'));
  }
  server?.close();
  await metricsServer.close();
  log.info('stopping');
  loop.ended();
  work.waits(longestStopMilliseconds);
  await Promise.all([comparing, looking, hearing]);
  await worker.idle();
}

/** Removes what was done long ago, and half-written files of killed processes, of both daemons. Waits until GitHub has confirmed the time. */
async function prune({ inbox, webhooks, forgeTime }: Running, { stateDir, jobManager }: Settings): Promise<void> {
  if (forgeTime.now() === undefined) return;
  const now = forgeTime.earlier();
  await inbox.prune(now, webhooks);
  await pruneOrders(stateDir, now);
  for (const directory of summaryDirs(stateDir)) await pruneTemporary(directory, now);
  await prunePullRequests(stateDir, now);
  await pruneTemporary(failedDir(jobManager.jobIdsDir), now);
  await pruneTemporary(stateDir, now);
}

/** Receives from the relay, if there is one. */
async function hear(running: Running): Promise<void> {
  const { relay, relayWatch: watch, settingsFile } = running;
  if (relay === undefined || watch === undefined) return;
  const isCompared = () => settingsFile.inForce.eventHandler.recoveryIntervalSeconds > 0;
  await hearRelay(relay, { ...doorOf(running, true), watch, isCompared });
}

/** What deliveries are let in by, as the settings in force say. */
function doorOf(running: Running, isRelayed: boolean) {
  const { settingsFile } = running;
  return {
    ...running,
    allowSha1: () => settingsFile.inForce.eventHandler.allowSha1,
    installationId: () => settingsFile.inForce.github.installationId,
    onSignature: judgeSender(running, isRelayed),
  };
}

/** A right signature proves that GitHub sent it. Otherwise GitHub's list is asked whether it lists the delivery. */
function judgeSender({ webhooks, badSignatures, recovery, troubles }: Running, isRelayed: boolean) {
  return (outcome: SignatureOutcome, guid: string): void => {
    if (outcome === 'right') {
      badSignatures.wasRight();
      troubles.take(judgeSignature(outcome, webhooks));
    } else {
      badSignatures.add(guid, outcome, isRelayed);
      recovery.compareSoon(guid);
    }
  };
}

async function listen({ port, host }: ServeOptions, running: Running): Promise<Server> {
  const server = webhookServer({ ...doorOf(running, false), health: () => health(running) });
  server.listen({ port, host, backlog: connectionsWaiting });
  await once(server, 'listening').catch((cause: Error) => {
    throw new Error(`cannot listen on ${host}:${port} (${cause.message}); choose another port by --port`, { cause });
  });
  say(`The event handler listens on ${addressOf(server)}`);
  const address = server.address() as AddressInfo;
  running.log.info({ host: address.address, port: address.port }, 'listening');
  return server;
}

function addressOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo;
  return `http://${address}:${port}`;
}
