import type { TroubleVerdict } from '../../daemon/troubles.ts';
import { type RelayReport, toleratedLosses } from '../../jobs/reports.ts';
import { pullInstead } from '../../outside/relay/relay.ts';

export const lossesWithinMilliseconds = 3_600_000;
/** A shorter gap needs no admin: its deliveries are recovered from GitHub's list. */
const toleratedMilliseconds = 60_000;
const toleratedNotBrought = 5;

interface RelayFacts extends Pick<RelayReport, 'name' | 'isConnected' | 'why' | 'lossesInHour'> {
  /** How long it has been connected, or not connected. */
  readonly forMilliseconds: number;
  readonly wasConnected: boolean;
  /** How many in a row GitHub delivered and the relay did not bring. */
  readonly notBrought: number;
}

/** Judges the relay. What it loses is recovered: later, and each loss costs a request to GitHub. */
export function judgeRelayWatch({
  name,
  isConnected,
  why,
  lossesInHour,
  forMilliseconds,
  wasConnected,
  notBrought,
}: RelayFacts): TroubleVerdict {
  const kind = 'relay';
  if (!isConnected && forMilliseconds >= toleratedMilliseconds) {
    const mend = wasConnected ? '' : ': look at the address (SMEE_URL, --smee), HTTPS_PROXY, the network';
    return {
      kind,
      words: `${name} is not heard: ${why ?? 'it has not answered yet'}${mend}; ${pullInstead} needs none`,
    };
  }
  if (lossesInHour > toleratedLosses)
    return {
      kind,
      words: `${name} is lost again and again, more than ${toleratedLosses} times within an hour: take another relay; ${pullInstead} needs none`,
    };
  if (notBrought > toleratedNotBrought)
    return {
      kind,
      words: `${name} is connected and brings nothing: more than ${toleratedNotBrought} deliveries in a row were fetched from GitHub's list; compare SMEE_URL with the address on the App's page, under Webhook (./bot.sh doctor does so)`,
    };
  return { kind };
}
