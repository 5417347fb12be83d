import { probeEvent, type RelayedDelivery } from '../../outside/relay/relay.ts';
import { acceptDelivery, type DoorOptions } from './accept-delivery.ts';
import { isGuid } from './delivery.ts';
import type { RelayWatch } from './relay-watch.ts';

export interface RelayOptions extends DoorOptions {
  readonly watch: Pick<RelayWatch, 'heard'>;
  /** Called if it could not be stored: recovery fetches it from GitHub. */
  readonly onLost: (guid: string) => void;
}

/** Takes a delivery from a relay: the same checks as for a request, the same inbox. It never rejects. */
export async function takeFromRelay({ headers, bodies }: RelayedDelivery, options: RelayOptions): Promise<void> {
  const { webhooks, secrets, allowSha1, watch, onSignature, onDelivery, onLost, refusals, log } = options;
  const header = (name: string) => headers[name];
  const { guid, event } = webhooks.readHeaders(header);
  if (event === probeEvent) return;
  if (!isGuid(guid))
    return refusals.add(`refused a delivery of the relay: it has no ${webhooks.headerNames.guid}`, () => ({}));
  const body = bodies.find((each) => webhooks.isSigned(each, header, secrets, allowSha1()));
  watch.heard(body === undefined);
  if (body === undefined) {
    const outcome = webhooks.hasSignature(header) ? 'wrong' : 'missing';
    refusals.add(`the relay has changed a delivery, or made it up: the signature is ${outcome}`, () => ({ guid }));
    onDelivery?.('bad signature', event);
    return onSignature?.(outcome, guid);
  }
  onSignature?.('right', guid);
  try {
    const { status, text, result } = await acceptDelivery({ header, asSent: () => headers }, body, options);
    onDelivery?.(result, event);
    if (status >= 400) refusals.add(`refused a delivery of the relay: ${text}`, () => ({ guid }));
  } catch (err) {
    log.error({ err, delivery: guid }, 'a delivery could not be written to the inbox');
    onDelivery?.('failed', event);
    onLost(guid);
  }
}
