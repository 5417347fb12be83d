import { readFileSync } from 'node:fs';

/** The version of the running program, read at its start: an upgrade meanwhile does not change it. */
export const { version: botVersion } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { readonly version: string };
