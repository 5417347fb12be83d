import type { Environment } from './environment.ts';

/** GitHub's own; those of a GitHub Enterprise Server are set in the environment. */
const usual = { GITHUB_API_URL: 'https://api.github.com', GITHUB_SERVER_URL: 'https://github.com' };

/** Address of the forge's API (`GITHUB_API_URL`) or of its pages (`GITHUB_SERVER_URL`), without a slash at its end. */
export function forgeAddress(environment: Environment, name: keyof typeof usual): string {
  return (environment[name] || usual[name]).replace(/\/+$/, '');
}
