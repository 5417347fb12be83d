import type { Logger } from '../../daemon/logger.ts';
import type { ForgeTime } from '../../outside/forge/forge-time.ts';
import type { HeaderOf, WebhookSecrets, Webhooks } from '../../outside/forge/webhooks.ts';
import { isEventName, isGuid, parseObject } from './delivery.ts';
import type { Inbox } from './inbox.ts';
import type { SignatureOutcome } from './judge-signature.ts';
import type { Refusals } from './refusals.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The headers of a delivery. */
export interface SentHeaders {
  readonly header: HeaderOf;
  /** Those that are kept. */
  readonly asSent: () => Readonly<Record<string, string>>;
}

/** What became of a delivery on arrival. */
export type DeliveryResult = 'accepted' | 'duplicate' | 'passed over' | 'bad signature' | 'refused' | 'failed';

/** An answer to a delivery. */
export type DeliveryAnswer = HttpAnswer & { readonly result: DeliveryResult };

interface AcceptOptions {
  readonly inbox: Pick<Inbox, 'receive'>;
  readonly webhooks: Webhooks;
  readonly forgeTime: Pick<ForgeTime, 'best' | 'earlier'>;
  /** Our installation of the App: others may have installed it, too. */
  readonly installationId: () => number;
  readonly refusals: Refusals;
  readonly log: Logger;
}

/** What all need that let deliveries in: the port, and a relay. */
export interface DoorOptions extends AcceptOptions {
  readonly secrets: WebhookSecrets;
  readonly allowSha1: () => boolean;
  /** Called for each delivery that claims to be GitHub's, with the check of its signature. Anybody can send any number. */
  readonly onSignature?: (outcome: SignatureOutcome, guid: string) => void;
  /** Called with what became of each delivery, whoever sent it. `event`: as its header says. */
  readonly onDelivery?: (result: DeliveryResult, event: string | undefined) => void;
}

/** GitHub redelivers for three days at most. An older delivery that is new to us is a replay by somebody else. */
const oldestMilliseconds = 6 * 24 * 3600 * 1000;

const refused = { status: 400, result: 'refused' } as const;

/** Accepts a signed delivery, from a request or a relay: writes it to disk, then acknowledges it. */
export async function acceptDelivery(
  { header, asSent }: SentHeaders,
  body: Buffer,
  { inbox, webhooks, forgeTime, installationId, refusals, log }: AcceptOptions,
): Promise<DeliveryAnswer> {
  const { guid, event } = webhooks.readHeaders(header);
  if (!isGuid(guid)) {
    return { ...refused, text: `the header ${webhooks.headerNames.guid} is missing or malformed` };
  }
  if (!isEventName(event)) {
    return { ...refused, text: `the header ${webhooks.headerNames.event} is missing or malformed` };
  }
  const text = body.toString('utf8');
  const payload = parseObject(text);
  if (payload === undefined)
    return { ...refused, text: 'the body is no JSON object (set the content type application/json)' };
  const { newComment, happenedAt, installation: theirs } = webhooks.glance(event, payload);
  if (happenedAt !== undefined && forgeTime.earlier().getTime() - happenedAt > oldestMilliseconds)
    return { ...refused, text: 'the delivery is too old to be new: GitHub sends one again for three days at most' };
  if (theirs !== undefined && theirs !== installationId()) {
    refusals.add('passed over a delivery of another installation', () => ({
      delivery: guid,
      event,
      installation: theirs,
    }));
    const text = `passed over: it is of installation ${theirs}, and installation_id in app.cfg is ${installationId()}`;
    return { status: 200, text, result: 'passed over' };
  }
  const headers = asSent();
  const receivedAt = forgeTime.best().toISOString();
  const outcome = await inbox.receive({ version: 1, guid, event, receivedAt, headers, body: text }, newComment);
  if (outcome === 'known') {
    // Anybody who has seen a delivery can send it any number of times.
    refusals.add('received a delivery once more', () => ({ delivery: guid, event, outcome }));
    return { status: 200, text: 'known: it was received before', result: 'duplicate' };
  }
  log.info({ delivery: guid, event, outcome }, 'received a delivery');
  return { status: 202, text: 'accepted: it is on disk', result: 'accepted' };
}
