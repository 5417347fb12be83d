import type { IncomingMessage } from 'node:http';
import type { SentHeaders } from './accept-delivery.ts';

/** The headers of a delivery that came as a request. */
export const sentWith = (request: IncomingMessage): SentHeaders => ({
  header: (name) => header(request, name),
  asSent: () => headersAsSent(request),
});

export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Headers with their names as sent; one that was sent twice has both values. */
function headersAsSent({ rawHeaders }: IncomingMessage): Readonly<Record<string, string>> {
  const headers = new Map<string, [name: string, value: string]>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    const before = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), before === undefined ? [name, value] : [before[0], `${before[1]}, ${value}`]);
  }
  return Object.fromEntries(headers.values());
}
