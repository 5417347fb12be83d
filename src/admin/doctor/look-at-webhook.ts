import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { nodeHttp } from '../../daemon/node-http.ts';
import { timeOfName } from '../../jobs/names-on-disk.ts';
import { hasCode } from '../../outside/files/has-code.ts';
import { listNames } from '../../outside/files/list-names.ts';
import type { AppView, SeenDelivery } from '../../outside/forge/app-view.ts';
import type { WebhookSecrets, Webhooks } from '../../outside/forge/webhooks.ts';
import type { Settings } from '../../settings/settings.ts';
import { findHolder } from '../daemons/find-holder.ts';
import type { WaysIn } from '../daemons/ways-in.ts';
import { type Finding, failure, fine, notLookedAt } from './finding.ts';
import { judgeWebhook, type WebhookFacts } from './judge-webhook.ts';

const lookedAt = 3;

/** Reads what `judgeWebhook` judges: GitHub's own list of deliveries, beside what lies in the inbox. Sends nothing. */
export async function lookAtWebhook(
  view: AppView,
  webhooks: Webhooks,
  { stateDir, github: { apiUrl } }: Pick<Settings, 'stateDir' | 'github'>,
  secrets: WebhookSecrets,
  ways: WaysIn | undefined,
  now: number,
): Promise<readonly Finding[]> {
  const [hook, deliveries] = await Promise.all([view.readHook(), view.listDeliveries()]);
  const holding = await findHolder(stateDir, 'event_handler');
  return judgeWebhook({
    hook,
    apiUrl,
    deliveries,
    received: await readReceived(stateDir),
    ways,
    signatures: await compareSignatures(view, webhooks, deliveries, secrets),
    runsSince: 'since' in holding ? Date.parse(holding.since) : undefined,
    now,
  });
}

/** GitHub gives payloads back parsed, so they may not be the signed bytes: one match proves the secret; no match among several speaks against it. */
async function compareSignatures(
  view: AppView,
  { headerNames, isSigned }: Pick<Webhooks, 'headerNames' | 'isSigned'>,
  deliveries: readonly SeenDelivery[],
  secrets: WebhookSecrets,
): Promise<WebhookFacts['signatures']> {
  if (deliveries.length === 0) return 'nothing sent';
  if (!secrets.current && !secrets.previous) return 'no secret';
  const sent = await Promise.all(deliveries.slice(0, lookedAt).map(({ id }) => view.readDelivery(id)));
  const signature = headerNames.signature.toLowerCase();
  const signed = sent.filter((delivery) => delivery !== 'gone').filter(({ headers }) => headers[signature]);
  if (signed.length === 0) return 'missing';
  const fits = signed.some(({ headers, body }) => isSigned(Buffer.from(body), (name) => headers[name], secrets, false));
  return fits ? 'fit' : 'do not fit';
}

/** GUID -> when it was received: both are in the name of a delivery's file. */
export async function readReceived(stateDir: string): Promise<ReadonlyMap<string, number>> {
  const received = new Map<string, number>();
  for (const stage of ['new', 'done', 'failed']) {
    const names = await listNames(join(stateDir, 'inbox', stage)).catch(() => []); // not made yet
    for (const name of names) {
      const guid = /_.*_([0-9A-Za-z-]+)\.json$/.exec(name)?.[1];
      const at = timeOfName(name);
      if (guid !== undefined && at !== undefined) received.set(guid, at);
    }
  }
  return received;
}

/** Whether an event handler answers there. A proxy of the environment, by which `fetch` would go, is not asked: it may reach another machine of that address. */
async function tellsItsHealth(host: string, port: number): Promise<boolean> {
  const signal = AbortSignal.timeout(5_000);
  const request = nodeHttp.get({ host, port, path: '/health', agent: false, signal });
  try {
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    return 'failing' in ((await json(answer)) as object);
  } catch {
    return false; // nobody listens there, or something else
  }
}

/** Whether the event handler can listen there, or does. */
export async function lookAtPort(stateDir: string, host: string, port: number): Promise<readonly Finding[]> {
  const holding = await findHolder(stateDir, 'event_handler');
  const name = 'webhook/port';
  if (holding.kind === 'elsewhere') return [notLookedAt(name, `the event handler runs on ${holding.host}`)];
  if (holding.kind === 'here') {
    if (await tellsItsHealth(host, port)) return [fine(name, `the event handler listens on ${host}:${port}`)];
    return [
      notLookedAt(
        name,
        `the event handler does not listen on ${host}:${port}; its log says where, and --port tells it to doctor`,
      ),
    ];
  }
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return [fine(name, `${host}:${port} is free`)];
  } catch (error) {
    if (!hasCode(error, 'EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL')) throw error;
    const seen = hasCode(error, 'EADDRINUSE')
      ? `something else listens on ${host}:${port}`
      : `${host}:${port} cannot be listened on (${(error as Error).message})`;
    return [
      failure(
        name,
        seen,
        'a port for the event handler',
        `ss -ltnp 'sport = :${port}' tells who; or start it with another one: ./event_handler.sh -p PORT, and doctor --port PORT`,
      ),
    ];
  } finally {
    server.close();
  }
}
