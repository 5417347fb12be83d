import { BlockList, isIP } from 'node:net';
import { withoutChannel } from '../../daemon/without-channel.ts';
import type { SeenDelivery, SeenHook } from '../../outside/forge/app-view.ts';
import { pullInstead } from '../../outside/relay/relay.ts';
import type { WaysIn } from '../daemons/ways-in.ts';
import { type Finding, failure, fine, notLookedAt, warning } from './finding.ts';

export interface WebhookFacts {
  readonly hook: SeenHook;
  /** Of the GitHub that sends. */
  readonly apiUrl: string;
  /** Newest first. */
  readonly deliveries: readonly SeenDelivery[];
  /** GUID -> when it was received, in milliseconds: what lies in the inbox. */
  readonly received: ReadonlyMap<string, number>;
  /** Whether the secret of the event handler made the signatures of the newest ones. */
  readonly signatures: 'fit' | 'do not fit' | 'missing' | 'no secret' | 'nothing sent';
  /** How deliveries reach the event handler, by its options; undefined: they are not known. */
  readonly ways: WaysIn | undefined;
  /** Since when the event handler runs, in milliseconds; undefined: it does not. */
  readonly runsSince: number | undefined;
  readonly now: number;
}

const ofOurs: ReadonlySet<SeenDelivery['about']> = new Set(['comment', 'pull request']);
/** A younger delivery may still be under way. */
const arrivesWithinMilliseconds = 30_000;
/** The event handler compares with GitHub's list this long after a delivery at the earliest. */
const relayedWithinMilliseconds = 60_000;
const atMostMilliseconds = 3 * 86_400_000;

/** Judges the way from GitHub's settings to the inbox: where deliveries go, whether they arrive, how fast, and which secret signs them. */
export function judgeWebhook(facts: WebhookFacts): Finding[] {
  return [judgeAddress(facts), judgeForm(facts.hook), judgeSignature(facts), ...judgeArrival(facts)];
}

const subnets = (...written: string[]) => {
  const list = new BlockList();
  for (const each of written) {
    const [address = '', bits] = each.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return (host: string) => isIP(host) !== 0 && list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
};
const isOfOneMachine = subnets('0.0.0.0/8', '127.0.0.0/8', '::/127');
const isOfOneSite = subnets(
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16', 'fc00::/7', 'fe80::/10'],
);
/** github.com and GHE.com; a GitHub Enterprise Server may stand in the site's own network. */
const isOnTheInternet = (apiUrl: string) => /\.(github|ghe)\.com$/.test(URL.parse(apiUrl)?.hostname ?? '');

function canReach(host: string, apiUrl: string): boolean {
  if (host === 'localhost' || isOfOneMachine(host)) return false;
  return !isOfOneSite(host) || !isOnTheInternet(apiUrl);
}

function judgeAddress({ hook: { url, verifiesCertificate }, apiUrl, ways }: WebhookFacts): Finding {
  const name = 'webhook/address';
  const expected = 'the address of the reverse proxy, or of the Smee channel';
  const mend = `write it on the App's page, under Webhook; ${pullInstead} needs none`;
  if (url === '')
    return warning(
      name,
      'the App has no webhook',
      expected,
      `write it on the App's page, under Webhook; with --pull one that leads nowhere, such as https://bot.invalid/, so that GitHub lists deliveries`,
    );
  if (ways?.asksItself)
    return fine(name, `${withoutChannel(url)}; the event handler asks GitHub itself, wherever that leads`);
  const host = URL.parse(url)?.hostname.replace(/^\[|\]$/g, '');
  if (host === undefined) return failure(name, `${url} is no address`, expected, mend);
  if (!canReach(host, apiUrl)) return failure(name, `${url} is an address that GitHub cannot reach`, expected, mend);
  if (url.startsWith('https:') && !verifiesCertificate)
    return warning(
      name,
      `${withoutChannel(url)}, without a look at its certificate`,
      'SSL verification',
      "enable it on the App's page",
    );
  return fine(name, withoutChannel(url));
}

function judgeForm({ contentType, hasSecret, url }: SeenHook): Finding {
  const name = 'webhook/settings';
  if (url === '') return notLookedAt(name, 'the App has no webhook');
  if (contentType !== 'json')
    return failure(
      name,
      `deliveries are sent as ${contentType}`,
      'application/json',
      "gh api -X PATCH /app/hook/config -f content_type=json, as the App; or choose it on the App's page",
    );
  if (!hasSecret)
    return failure(
      name,
      'the webhook has no secret',
      'that of GITHUB_APP_SECRET_TOKEN',
      "enter it on the App's page, under Webhook secret",
    );
  return fine(name, 'JSON, with a secret');
}

function judgeSignature({ signatures, hook }: WebhookFacts): Finding {
  const name = 'webhook/signature';
  const mend =
    "enter the value of GITHUB_APP_SECRET_TOKEN as webhook secret on the App's page, or correct the variable and restart";
  switch (signatures) {
    case 'no secret':
      return notLookedAt(name, 'GITHUB_APP_SECRET_TOKEN is not set, see environment/webhook-secret');
    case 'nothing sent':
      return notLookedAt(name, hook.url === '' ? 'the App has no webhook' : 'GitHub has sent nothing yet');
    case 'missing':
      return failure(name, 'the last deliveries have no signature', 'one by the secret', mend);
    case 'do not fit':
      return failure(
        name,
        'the signatures of the last deliveries are of another secret',
        'those of GITHUB_APP_SECRET_TOKEN',
        mend,
      );
    case 'fit':
      return fine(name, 'fits GITHUB_APP_SECRET_TOKEN');
  }
}

/** The address that `setup` sets for `--pull`: GitHub's list has the deliveries, even if no server takes them. */
export const leadsNowhere = ({ url }: SeenHook) => URL.parse(url)?.hostname.endsWith('.invalid') === true;

function judgeArrival(facts: WebhookFacts): Finding[] {
  const { hook, deliveries, ways, now } = facts;
  const sent = deliveries.filter(
    ({ about, deliveredAt }) => ofOurs.has(about) && now - Date.parse(deliveredAt) < atMostMilliseconds,
  );
  const [newest] = sent;
  if (newest === undefined)
    return [notLookedAt('webhook/arrival', 'GitHub has sent no comment and no pull request in three days')];
  if (leadsNowhere(hook) && ways?.asksItself === false)
    return [
      warning(
        'webhook/answer',
        'deliveries lead nowhere, and the event handler runs without --pull',
        'that something brings them before its next comparison with the list of GitHub (recovery_interval)',
        pullInstead,
      ),
      judgeInbox(sent, facts),
    ];
  if (leadsNowhere(hook) || ways?.asksItself)
    return [fine('webhook/answer', 'deliveries are read from the list of GitHub (--pull)'), judgeInbox(sent, facts)];
  const refused = sent.find(({ statusCode }) => statusCode < 200 || statusCode >= 300);
  const asGitHubSaw =
    refused !== undefined && refused === newest
      ? failure(
          'webhook/answer',
          `GitHub got ${newest.statusCode} (${newest.status}) for the delivery of ${newest.deliveredAt}`,
          '202 of the event handler, 200 of a relay',
          'start the event handler; look at the reverse proxy, or the relay, in front of it',
        )
      : fine('webhook/answer', `${newest.statusCode} within ${newest.seconds} s, at ${newest.deliveredAt}`);
  return [asGitHubSaw, judgeInbox(sent, facts)];
}

/** Only deliveries sent while the event handler ran say something about the relay. */
function judgeInbox(sent: readonly SeenDelivery[], { received, runsSince, ways, now }: WebhookFacts): Finding {
  const name = 'webhook/arrival';
  if (runsSince === undefined) return notLookedAt(name, 'the event handler does not run');
  const arrivesWithin = arrivesWithinMilliseconds + (ways?.pullSeconds ?? 0) * 1000;
  const newest = sent.find(({ guid, deliveredAt }) => {
    const at = Date.parse(deliveredAt);
    return at > runsSince && (received.has(guid) || now - at > arrivesWithin);
  });
  if (newest === undefined) return notLookedAt(name, 'GitHub has sent nothing since the event handler was started');
  const at = received.get(newest.guid);
  if (at === undefined)
    return failure(
      name,
      `the delivery of ${newest.deliveredAt} (${newest.guid}) has not arrived`,
      'that it is in the inbox',
      ways?.asksItself
        ? 'its log tells why it was not fetched: ./bot.sh logs event_handler'
        : `write the address of the relay into SMEE_URL, and restart the event handler; or look whether a client of its own runs and sends to the port; ${pullInstead} needs none`,
    );
  const seconds = (at - Date.parse(newest.deliveredAt)) / 1000;
  if (!ways?.asksItself && seconds * 1000 > relayedWithinMilliseconds)
    return warning(
      name,
      `the delivery of ${newest.deliveredAt} came ${seconds.toFixed(0)} s later, fetched from GitHub's list`,
      'that the relay brings it in a second',
      `restart the relay; ${pullInstead} needs none`,
    );
  return fine(name, `the last one came within ${Math.max(0, seconds).toFixed(1)} s`);
}
