import { readFileSync } from 'node:fs';

/** The version of the program that runs, by package.json as it was when the process began: an upgrade beneath it does not change it. */
export const { version: botVersion } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { readonly version: string };
