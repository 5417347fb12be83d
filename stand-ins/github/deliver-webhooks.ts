import { createHmac, randomUUID } from 'node:crypto';
import type { Delivery } from './github-stand-in.ts';
import { checkPayload } from './openapi-description.ts';
import { nextId, type State } from './state.ts';
import { type Happening, webhookPayload } from './webhook-payload.ts';

/** How long GitHub waits for an answer. */
const limitMilliseconds = 10_000;

/** Sends webhooks, one after the other, in the order in which things happened. */
export interface Webhooks {
  deliver(happening: Happening): Promise<Delivery>;
  redeliver(guid: string): Promise<Delivery>;
  /** As if it had been delivered then, to a relay that says 200 and drops it: nothing is sent. */
  record(happening: Happening, deliveredAt: Date): Delivery;
  /** Gives up what is under way; resolves when nothing is. */
  stop(): Promise<void>;
}

type Outcome = Pick<Delivery, 'status' | 'response'>;

/** The webhooks of the App: each is signed, sent to where `url` says, and kept in the list of deliveries. */
export function startWebhooks(
  state: State,
  secret: string,
  url: () => string | undefined,
  writeBody: (payload: object) => string = JSON.stringify,
): Webhooks {
  const stopped = new AbortController();
  let last: Promise<unknown> = Promise.resolve();

  // The body is made at once, while the state is as it was when the thing happened.
  const enqueue = (request: Delivery['request'], about: Pick<Delivery, 'guid' | 'event' | 'action' | 'redelivery'>) => {
    const delivery = last.then(async () => {
      const deliveredAt = new Date();
      const outcome = await send(url(), request, stopped.signal);
      const durationSeconds = (Date.now() - deliveredAt.getTime()) / 1000;
      const done: Delivery = { id: nextId(state), ...about, deliveredAt, durationSeconds, request, ...outcome };
      state.deliveries.push(done);
      state.changes.emit('change');
      return done;
    });
    last = delivery;
    return delivery;
  };

  const prepare = (happening: Happening) => {
    const payload = webhookPayload(state, happening);
    const action = 'action' in happening ? happening.action : undefined;
    const problems = checkPayload(happening.event, action, payload);
    state.violations.push(...problems.map((problem) => `${happening.event} ${action ?? ''}: ${problem}`));
    const guid = randomUUID();
    const body = writeBody(payload);
    const headers = webhookHeaders(state.app.id, secret, guid, happening.event, body);
    return { request: { headers, body }, about: { guid, event: happening.event, action, redelivery: false } };
  };

  return {
    deliver(happening) {
      const { request, about } = prepare(happening);
      return enqueue(request, about);
    },
    record(happening, deliveredAt) {
      const { request, about } = prepare(happening);
      const taken = { status: 200, response: undefined, durationSeconds: 0 };
      const done: Delivery = { id: nextId(state), ...about, deliveredAt, request, ...taken };
      state.deliveries.push(done);
      return done;
    },
    redeliver(guid) {
      const first = state.deliveries.find((delivery) => delivery.guid === guid);
      if (first === undefined) throw new Error(`There was no delivery ${guid} that could be sent again.`);
      const { event, action, request } = first;
      return enqueue(request, { guid, event, action, redelivery: true });
    },
    async stop() {
      stopped.abort();
      await last;
    },
  };
}

function webhookHeaders(
  appId: number,
  secret: string,
  guid: string,
  event: string,
  body: string,
): Record<string, string> {
  const sign = (algorithm: string) => `${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`;
  return {
    Accept: '*/*',
    'Content-Type': 'application/json',
    'User-Agent': 'GitHub-Hookshot/0d4f5f5',
    'X-GitHub-Delivery': guid,
    'X-GitHub-Event': event,
    'X-GitHub-Hook-ID': String(appId),
    'X-GitHub-Hook-Installation-Target-ID': String(appId),
    'X-GitHub-Hook-Installation-Target-Type': 'integration',
    'X-Hub-Signature': sign('sha1'),
    'X-Hub-Signature-256': sign('sha256'),
  };
}

async function send(url: string | undefined, request: Delivery['request'], stopped: AbortSignal): Promise<Outcome> {
  if (url === undefined) return { status: 200, response: undefined };
  const limit = AbortSignal.timeout(limitMilliseconds);
  try {
    const signal = AbortSignal.any([limit, stopped]);
    const answer = await fetch(url, { method: 'POST', headers: { ...request.headers }, body: request.body, signal });
    const response = { headers: Object.fromEntries(answer.headers), body: await answer.text() };
    return { status: answer.status, response };
  } catch {
    return { status: limit.aborted ? 504 : 502, response: undefined }; // GitHub's own words for both: see the App's operations
  }
}
