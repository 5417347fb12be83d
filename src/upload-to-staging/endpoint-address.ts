/** Why a text is no address of an S3 server, or undefined. `name`: where it was written. */
export function whyNoAddress(name: string, address: string): string | undefined {
  if (!/^https?:\/\/./.test(address)) {
    return `${name} '${address}' is no address: it begins with http:// or https://.`;
  }
  if (!URL.canParse(address)) return `${name} '${address}' is no address that could be reached.`;
  return undefined;
}
