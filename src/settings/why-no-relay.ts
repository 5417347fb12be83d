/** Why an address cannot be that of a relay's channel: the end of a sentence. */
export function whyNoRelay(address: string): string | undefined {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol))
    return 'has to be the address of a channel, https://smee.io/CHANNEL for instance';
  if (url.pathname === '/') return `names ${url.host} without a channel: give all of it, https://${url.host}/CHANNEL`;
  if (url.pathname === '/new')
    return `is where a channel is made: open it in a browser, and give the address that it leads to (./bot.sh setup --receive smee does so)`;
  return undefined;
}
