/** The address of a relay without its channel, as it may stand in logs: whoever knows that reads all deliveries, and can send some. */
export function withoutChannel(address: string): string {
  const url = URL.parse(address);
  if (url === null) return '(no address)';
  return url.pathname === '/' && url.search === '' ? url.origin : `${url.origin}/…`;
}
