import type { SeenDelivery } from '../../outside/forge/app-view.ts';
import { pullInstead } from '../../outside/relay/relay.ts';
import { type Finding, failure, fine } from './finding.ts';

export interface RedeliveryFacts {
  /** Its entry in GitHub's list; undefined: none came in time. */
  readonly attempt: Pick<SeenDelivery, 'statusCode' | 'status' | 'seconds'> | undefined;
  /** How it came through the relay; undefined: there is no relay. */
  readonly relayed: 'fits' | 'does not fit' | 'did not come' | undefined;
  /** How long it was waited for. */
  readonly withinSeconds: number;
}

/** Judges the whole way of a delivery that GitHub was asked to send again. */
export function judgeRedelivery({ attempt, relayed, withinSeconds }: RedeliveryFacts): Finding {
  const name = 'webhook/redelivery';
  if (attempt === undefined)
    return failure(
      name,
      `GitHub has not sent it within ${withinSeconds} s`,
      'that it sends at once',
      "https://www.githubstatus.com tells whether GitHub's webhooks are late; then ./bot.sh doctor --ping again",
    );
  const { statusCode, status, seconds } = attempt;
  if (statusCode < 200 || statusCode >= 300)
    return failure(
      name,
      `GitHub got ${statusCode} (${status}) when it sent it once more`,
      '200 of the event handler, which has it already, or of the relay',
      `start the event handler; look at the reverse proxy, or the relay, in front of it; ${pullInstead} needs neither`,
    );
  const sent = `GitHub got ${statusCode} within ${seconds} s`;
  switch (relayed) {
    case undefined:
      return fine(name, sent);
    case 'fits':
      return fine(name, `${sent}; the relay has brought it, with its signature`);
    case 'does not fit':
      return fine(
        name,
        `${sent}; the relay has brought it rewritten, so that the signature fits no more: the event handler fetches such from GitHub's list`,
      );
    case 'did not come':
      return failure(
        name,
        `${sent}, and the relay has not brought it within ${withinSeconds} s`,
        'that the relay brings it in a second',
        `write the same address into SMEE_URL as on the App's page; or another relay; ${pullInstead} needs none`,
      );
  }
}
