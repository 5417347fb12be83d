import { anyObject, parseShape } from '../files/parse-shape.ts';
import type { Webhooks } from '../forge/webhooks.ts';
import type { RelayedDelivery } from './relay.ts';

const longestHeader = 1_000;

/**
 * The delivery that an event of a relay holds; undefined: none, as in its greeting. smee.io has the parsed body in `body`, some versions of its
 * server the text in `rawdata`, gosmee the bytes in `bodyB`, as base64. Headers of the relay, of its proxies for instance, are left out.
 */
export function parseRelayed(
  data: string,
  { isOwnHeader, readHeaders }: Pick<Webhooks, 'isOwnHeader' | 'readHeaders'>,
): RelayedDelivery | undefined {
  const event = parseShape(data, anyObject) as Readonly<Record<string, unknown>> | undefined;
  if (event === undefined) return undefined;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(event))
    if (typeof value === 'string' && isOwnHeader(name) && value.length <= longestHeader) headers[name] = value;
  const isDelivery = readHeaders((name) => headers[name]).event !== undefined;
  return isDelivery ? { headers, bodies: bodiesOf(event) } : undefined;
}

function bodiesOf({ body, bodyB, rawdata }: Readonly<Record<string, unknown>>): readonly Buffer[] {
  if (typeof bodyB === 'string') return [Buffer.from(bodyB, 'base64')];
  const texts = [rawdata, body].filter((text) => typeof text === 'string');
  if (typeof body === 'object' && body !== null) texts.push(...writtenAnew(body));
  return texts.map((text) => Buffer.from(text));
}

/** As JavaScript writes it, which is what smee.io does; and with escapes in capital letters, as GitHub writes those of control characters. */
function writtenAnew(body: object): readonly string[] {
  const text = stringify(body);
  const capital = text.replaceAll(/\\(?:u[0-9a-f]{4}|[^u])/g, (escaped) =>
    escaped.length > 2 ? `\\u${escaped.slice(2).toUpperCase()}` : escaped,
  );
  return capital === text ? [text] : [text, capital];
}

/** Empty where it cannot be written: nested so deep that nothing of GitHub's is. */
function stringify(body: object): string {
  try {
    return JSON.stringify(body);
  } catch {
    return '';
  }
}
