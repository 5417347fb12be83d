import { pause } from '../../daemon/pause.ts';
import type { AppView, SeenDelivery } from '../../outside/forge/app-view.ts';
import type { WebhookSecrets, Webhooks } from '../../outside/forge/webhooks.ts';
import type { Relay, RelayedDelivery } from '../../outside/relay/relay.ts';
import { type Finding, notLookedAt } from './finding.ts';
import { judgeRedelivery, type RedeliveryFacts } from './judge-redelivery.ts';
import { leadsNowhere } from './judge-webhook.ts';
import { readReceived } from './look-at-webhook.ts';

const withinSeconds = 20;
const lookAgainMilliseconds = 1_000;

interface Needed {
  readonly view: Pick<AppView, 'readHook' | 'listDeliveries' | 'redeliver'>;
  readonly webhooks: Pick<Webhooks, 'readHeaders' | 'isSigned'>;
  readonly stateDir: string;
  readonly secrets: WebhookSecrets;
  readonly mayPing: boolean;
  /** The relay of the event handler. */
  readonly relay: Relay | undefined;
}

/** Has GitHub redeliver something that the event handler knows (a duplicate, so nothing is done twice), and follows it. */
export async function lookAtRedelivery(tools: Needed): Promise<readonly Finding[]> {
  const { view, stateDir, mayPing, relay } = tools;
  const name = 'webhook/redelivery';
  if (!mayPing)
    return [notLookedAt(name, 'GitHub sends something once more for it; to have it done: ./bot.sh doctor --ping')];
  const hook = await view.readHook();
  if (hook.url === '' || leadsNowhere(hook)) return [notLookedAt(name, 'deliveries are read from the list of GitHub')];
  const listed = await view.listDeliveries();
  const received = await readReceived(stateDir);
  const known = listed.find(({ guid, about }) => about === 'the webhook' || received.has(guid));
  if (known === undefined)
    return [
      notLookedAt(name, 'the event handler has had nothing that GitHub still lists; comment bot: help, then again'),
    ];
  const limit = AbortSignal.timeout(withinSeconds * 1000);
  const heard = relay && hear(relay, known.guid, tools, limit);
  if ((await heard?.connected) === false) return [notLookedAt(name, 'the relay is not heard, see webhook/relay')];
  await view.redeliver(known.id);
  const attempt = await findAttempt(view, known, new Set(listed.map(({ id }) => id)), limit);
  return [judgeRedelivery({ attempt, relayed: await heard?.outcome, withinSeconds })];
}

async function findAttempt(
  view: Needed['view'],
  { guid }: SeenDelivery,
  before: ReadonlySet<string>,
  limit: AbortSignal,
): Promise<SeenDelivery | undefined> {
  while (!limit.aborted) {
    const found = (await view.listDeliveries()).find((each) => each.guid === guid && !before.has(each.id));
    if (found !== undefined) return found;
    await pause(lookAgainMilliseconds, limit);
  }
  return undefined;
}

/** Listens besides the event handler: a relay sends to all its clients. `connected`: false if it does not connect in time. */
function hear(
  relay: Relay,
  guid: string,
  { webhooks, secrets }: Pick<Needed, 'webhooks' | 'secrets'>,
  limit: AbortSignal,
) {
  const connected = Promise.withResolvers<boolean>();
  const outcome = Promise.withResolvers<NonNullable<RedeliveryFacts['relayed']>>();
  const done = new AbortController();
  const isSigned = ({ headers, bodies }: RelayedDelivery) =>
    bodies.some((body) => webhooks.isSigned(body, (name) => headers[name], secrets, false));
  limit.addEventListener('abort', () => {
    connected.resolve(false);
    outcome.resolve('did not come');
  });
  const listening = relay.listen(
    {
      onConnected: () => connected.resolve(true),
      onDelivery: async (delivery) => {
        if (webhooks.readHeaders((name) => delivery.headers[name]).guid === guid)
          outcome.resolve(isSigned(delivery) ? 'fits' : 'does not fit');
      },
      onLost: () => {}, // it tries again until the time is up
    },
    AbortSignal.any([done.signal, limit]),
  );
  const ended = outcome.promise.finally(async () => {
    done.abort();
    await listening;
  });
  return { connected: connected.promise, outcome: ended };
}
