import type { TroubleVerdict } from '../../daemon/troubles.ts';
import type { Webhooks } from '../../outside/forge/webhooks.ts';

/** The signature of a request that claims to be a delivery. Other requests do not count: anybody may send them. */
export type SignatureOutcome = 'right' | 'wrong' | 'missing';

/** Judges the signature of the last delivery. */
export function judgeSignature(
  outcome: SignatureOutcome,
  { headerNames }: Pick<Webhooks, 'headerNames'>,
): TroubleVerdict {
  switch (outcome) {
    case 'right':
      return { kind: 'signature' };
    case 'wrong':
      return {
        kind: 'signature',
        words:
          "the signature fits neither GITHUB_APP_SECRET_TOKEN nor GITHUB_APP_SECRET_TOKEN_PREVIOUS: set the first to the webhook secret of the App's page and restart; or a relay has changed the body (the delivery is fetched from GitHub's list)",
      };
    case 'missing':
      return {
        kind: 'signature',
        words: `there is no signature: enter the value of GITHUB_APP_SECRET_TOKEN as webhook secret on the App's page; or a relay drops the header ${headerNames.signature}`,
      };
  }
}
