import type { DeliveryEntry, SentDelivery } from '../forge.ts';

interface EntryData {
  readonly id: number | bigint;
  readonly guid: string;
  readonly delivered_at: string;
  readonly event: string;
  readonly action: string | null;
  readonly installation_id: number | bigint | null;
}

interface DeliveryData {
  readonly id: number | bigint;
  readonly request: {
    readonly headers: Readonly<Record<string, unknown>> | null;
    readonly payload: Readonly<Record<string, unknown>> | null;
  };
}

/** For a request about one delivery. Its id exceeds JavaScript's numbers: put into the path as it is. */
export const parametersOf = (id: string) => ({ delivery_id: id as unknown as number });

/** An entry of GitHub's list of deliveries in our words. */
export function toEntry(data: EntryData): DeliveryEntry {
  return {
    id: String(data.id),
    guid: data.guid,
    deliveredAt: data.delivered_at,
    event: data.event,
    action: data.action ?? undefined,
    installationId: data.installation_id === null ? undefined : Number(data.installation_id),
  };
}

/** A delivery from GitHub, in our words. */
export function toSentDelivery({ id, request }: DeliveryData): SentDelivery {
  if (request.payload === null) throw new Error(`GitHub gave the delivery ${id} back without its payload`);
  const headers = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return { headers: Object.fromEntries(headers), body: JSON.stringify(request.payload, withoutBigInts) };
}

/** The next page of a list, from the Link header; nothing on the last page. */
export function nextPage(link: string | undefined): { next?: string } {
  const address = /<([^<>]+)>;\s*rel="next"/.exec(link ?? '')?.[1];
  const cursor = address === undefined ? null : (URL.parse(address)?.searchParams.get('cursor') ?? null);
  return cursor === null ? {} : { next: cursor };
}

/** The HTTP client parses large numbers as bigint, which JSON cannot write; received deliveries have numbers. */
const withoutBigInts = (_key: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value);
