/** The address of a relay without its channel, for logs: anybody who knows the channel can read all deliveries, and send some. */
export function withoutChannel(address: string): string {
  const url = URL.parse(address);
  if (url === null) return '(no address)';
  return url.pathname === '/' && url.search === '' ? url.origin : `${url.origin}/…`;
}
