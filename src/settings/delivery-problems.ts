import type { Environment } from './environment.ts';
import { howToSet } from './how-to-set.ts';
import type { Problem } from './settings.ts';
import { whyNoRelay } from './why-no-relay.ts';

const key = 'GITHUB_APP_SECRET_TOKEN';

/** What an event handler that deliveries are sent to cannot begin with. `smee`: the relay's channel, as the command line gives it. */
export async function deliveryProblems(environment: Environment, smee?: string): Promise<Problem[]> {
  return [...(await missingSecret(environment)), ...relayProblems(environment, smee)];
}

async function missingSecret(environment: Environment): Promise<Problem[]> {
  if (environment[key]) return [];
  const message = `is not set: the webhook secret of the GitHub App, without which no delivery can be verified; to set it: ${await howToSet([key], environment)}; or have the event handler ask GitHub, which needs no secret: ./event_handler.sh --pull 30, or ./bot.sh start --event-handler-opts '--pull 30'`;
  return [{ file: 'environment', key, message }];
}

function relayProblems(environment: Environment, smee: string | undefined): Problem[] {
  const address = smee ?? environment['SMEE_URL'];
  const message = address ? whyNoRelay(address) : undefined;
  const [file, name] = smee === undefined ? ['environment', 'SMEE_URL'] : ['command line', '--smee'];
  return message === undefined ? [] : [{ file, key: name, message }];
}
