import { anyObject, parseShape } from '../files/parse-shape.ts';
import type { Webhooks } from '../forge/webhooks.ts';
import type { RelayedDelivery } from './relay.ts';

const longestHeader = 1_000;

/**
 * The delivery in an event of a relay; undefined: none, as in its greeting. smee.io has the parsed body in `body`, some versions of its server
 * the text in `rawdata`, gosmee the bytes in `bodyB`, as base64. Headers of the relay and its proxies are left out.
 */
export function parseRelayed(
  data: string,
  { isOwnHeader, readHeaders, writtenAnew }: Pick<Webhooks, 'isOwnHeader' | 'readHeaders' | 'writtenAnew'>,
): RelayedDelivery | undefined {
  const event = parseShape(data, anyObject) as Readonly<Record<string, unknown>> | undefined;
  if (event === undefined) return undefined;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(event))
    if (typeof value === 'string' && isOwnHeader(name) && value.length <= longestHeader) headers[name] = value;
  const isDelivery = readHeaders((name) => headers[name]).event !== undefined;
  return isDelivery ? { headers, bodies: bodiesOf(event, writtenAnew) } : undefined;
}

function bodiesOf(
  { body, bodyB, rawdata }: Readonly<Record<string, unknown>>,
  writtenAnew: Webhooks['writtenAnew'],
): readonly Buffer[] {
  if (typeof bodyB === 'string') return [Buffer.from(bodyB, 'base64')];
  const texts = [rawdata, body].filter((text) => typeof text === 'string');
  if (typeof body === 'object' && body !== null) texts.push(...writtenAnew(body));
  return texts.map((text) => Buffer.from(text));
}
