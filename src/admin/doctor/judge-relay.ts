import { counted } from '../../counted.ts';
import { withoutChannel } from '../../daemon/without-channel.ts';
import { type RelayReport, toleratedLosses } from '../../jobs/reports.ts';
import { pullInstead } from '../../outside/relay/relay.ts';
import { type Finding, failure, fine, notLookedAt, warning } from './finding.ts';

export type RelayProbe =
  | { readonly kind: 'came'; readonly seconds: number }
  | { readonly kind: 'failed'; readonly why: string };

/** The relay that the event handler is to hear. */
export interface HeardRelay {
  readonly setBy: 'SMEE_URL' | '--smee' | '--pull';
  /** Undefined or empty: none. */
  readonly address: string | undefined;
}

interface RelayFacts extends HeardRelay {
  /** Where GitHub sends deliveries; undefined: it does not say. */
  readonly hookUrl: string | undefined;
  /** What became of something that was sent through it; undefined: nothing was. */
  readonly probe: RelayProbe | undefined;
  /** Whether an event handler runs. */
  readonly runs: boolean;
  /** What the event handler says about its relay; undefined: it has none. */
  readonly report: RelayReport | undefined;
}

const restart = './bot.sh restart event_handler';
const needsNone = `${pullInstead} needs none`;

/** Judges the way from GitHub's settings through the relay to the event handler. No findings without a relay. */
export function judgeRelay(facts: RelayFacts): Finding[] {
  const { address, probe, report } = facts;
  if (!address && report === undefined) return [];
  return [...judgeAddress(facts), ...(probe === undefined ? [] : [judgeProbe(facts, probe)]), judgeHearing(facts)];
}

function judgeAddress({ address, hookUrl, setBy }: RelayFacts): Finding[] {
  const name = 'webhook/relay-address';
  if (!address || hookUrl === undefined) return [];
  if (sameAddress(address, hookUrl))
    return [fine(name, `GitHub sends to the channel of ${setBy}: ${withoutChannel(address)}`)];
  return [
    failure(
      name,
      `GitHub sends to ${hookUrl === '' ? 'nobody' : withoutChannel(hookUrl)}, ${setBy} is another channel or relay: ${withoutChannel(address)}`,
      'one address',
      `write the value of ${setBy} on the App's page, under Webhook; or that address into ${setBy}, then ${restart}`,
    ),
  ];
}

const sameAddress = (a: string, b: string) => a.replace(/\/+$/, '') === b.replace(/\/+$/, '');

function judgeProbe({ setBy }: RelayFacts, probe: RelayProbe): Finding {
  const name = 'webhook/relay';
  if (probe.kind === 'came') return fine(name, `brings what is sent to it within ${probe.seconds.toFixed(1)} s`);
  const expected = 'that it brings what is sent to it';
  return failure(
    name,
    probe.why,
    expected,
    `open ${setBy === '--smee' ? 'its address' : setBy} in a browser; look at HTTPS_PROXY, NODE_EXTRA_CA_CERTS; ${needsNone}`,
  );
}

function judgeHearing({ runs, report, setBy }: RelayFacts): Finding {
  const name = 'webhook/relay-heard';
  if (!runs) return notLookedAt(name, 'the event handler does not run');
  if (report === undefined) {
    const seen = `the event handler that runs hears no relay, though ${setBy} is set`;
    return warning(name, seen, 'that it hears it, unless it was started with --pull', restart);
  }
  const { name: relay, isConnected, since, why, lastEvent, reconnects, lossesInHour } = report;
  const expected = 'a connection';
  if (!isConnected)
    return failure(name, `${relay} is not heard since ${since}: ${why ?? 'no answer yet'}`, expected, needsNone);
  if (lossesInHour > toleratedLosses)
    return warning(
      name,
      `${relay} was lost ${counted(lossesInHour, 'time')} within an hour`,
      'a connection that lasts',
      needsNone,
    );
  const last = lastEvent === null ? 'no delivery yet' : `the last delivery at ${lastEvent}`;
  return fine(name, `${relay} is connected since ${since}; ${last}; connected again ${counted(reconnects, 'time')}`);
}
