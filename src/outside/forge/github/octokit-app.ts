import { App } from '@octokit/app';
import { Octokit } from '@octokit/rest';
import type { fetchWhole } from './fetch-whole.ts';

export interface AppOptions {
  readonly appId: number;
  /** PEM, PKCS#1 or PKCS#8. */
  readonly privateKey: string;
  /** `https://api.github.com` */
  readonly apiUrl: string;
}

/** The App, by GitHub's own client, which sends its requests by `fetch`. */
export function octokitApp({ appId, privateKey, apiUrl }: AppOptions, fetch: ReturnType<typeof fetchWhole>) {
  return new App({
    appId,
    privateKey,
    Octokit: Octokit.defaults({ baseUrl: apiUrl, userAgent: 'build-test-deploy-bot', request: { fetch } }),
    log: { debug() {}, info() {}, warn() {}, error() {} }, // errors are thrown, and logged by the caller
  });
}
