import type { GitPlaces } from '../forge.ts';
import { headRef } from './head-ref.ts';

interface Options {
  /** `https://github.com` */
  readonly serverUrl: string;
  readonly cloneVia: 'https' | 'ssh';
}

/** Where git finds repositories and pull requests of GitHub. */
export function gitHubPlaces({ serverUrl, cloneVia }: Options): GitPlaces {
  return {
    addressOf: ({ owner, name }) =>
      cloneVia === 'ssh' ? `git@${new URL(serverUrl).hostname}:${owner}/${name}.git` : `${serverUrl}/${owner}/${name}`,
    headOf: headRef,
    ...(cloneVia === 'https' && { tokenServer: serverOf(serverUrl) }),
  };
}

/** Scheme and host as they stand, which is how git names a server when it asks for a password. */
function serverOf(serverUrl: string): string {
  return /^[^/]*\/\/[^/]*/.exec(serverUrl)?.[0] ?? serverUrl;
}
