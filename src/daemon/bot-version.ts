import { readFileSync } from 'node:fs';

/** The version of this program, by its package.json. */
export function botVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  return version;
}
