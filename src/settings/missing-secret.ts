import type { Environment } from './environment.ts';
import { howToSet } from './how-to-set.ts';
import type { Problem } from './settings.ts';

const key = 'GITHUB_APP_SECRET_TOKEN';

/** What the event handler lacks to verify deliveries that are sent to it. */
export async function missingSecret(environment: Environment): Promise<Problem[]> {
  if (environment[key]) return [];
  const message = `is not set: the webhook secret of the GitHub App, without which no delivery can be verified; to set it: ${await howToSet([key], environment)}; or have the event handler ask GitHub, which needs no secret: --pull 30`;
  return [{ file: 'environment', key, message }];
}
