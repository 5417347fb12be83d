/** Takes out of a text what differs from one life to the next: ids, times, random names. */
export function mask(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replaceAll(/@[0-9a-f]{24}@/g, '@HEX@')
    .replaceAll(/_body\.[0-9a-f]{32}_/g, '_body.HASH_')
    .replaceAll(/"seal": "[0-9a-f]{64}"/g, '"seal": "HEX"')
    .replaceAll(/\.[0-9a-f]{12}\.tmp/g, '.HEX.tmp')
    .replaceAll(/\b[0-9a-f]{40}\b/g, 'SHA')
    .replaceAll(/(?<=commit \\?`)[0-9a-f]{7}(?=\\?`)/g, 'SHA')
    .replaceAll(/(_bot_job|kill-)\d+/g, '$1#')
    .replaceAll(/(?<![a-z0-9])\d+/g, '#');
}
