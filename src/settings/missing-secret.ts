import type { Environment } from './environment.ts';
import type { Problem } from './settings.ts';

/** What the event handler lacks to verify deliveries that are sent to it. */
export function missingSecret(environment: Environment): Problem[] {
  if (environment['GITHUB_APP_SECRET_TOKEN']) return [];
  const message =
    'is not set; export the webhook secret of the GitHub App, without which no delivery can be verified; where ./bot.sh setup has written it: set -a; . ~/.config/bot/event_handler.env; set +a';
  return [{ file: 'environment', key: 'GITHUB_APP_SECRET_TOKEN', message }];
}
