import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { type Clock, machineClock } from '../../daemon/clock.ts';
import { pause } from '../../daemon/pause.ts';
import { withoutChannel } from '../../daemon/without-channel.ts';
import { wordsOfNetwork } from '../../words-of.ts';
import type { Webhooks } from '../forge/webhooks.ts';
import { parseRelayed } from './parse-relayed.ts';
import { planReconnect } from './plan-reconnect.ts';
import type { Relay, RelayListener } from './relay.ts';

interface SmeeOptions {
  /** How long the relay may take to answer. */
  readonly answerMilliseconds: number;
  /** How long it may send nothing: smee.io and gosmee send a sign of life every 30 seconds. */
  readonly silentMilliseconds: number;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly random: () => number;
}

const usual: SmeeOptions = {
  answerMilliseconds: 30_000,
  silentMilliseconds: 75_000,
  clock: machineClock,
  random: Math.random,
};

/** A delivery of 25 MB, GitHub's limit, as base64; and its headers. */
const mostCharacters = 36 * 1024 * 1024;

/** Receives from one connection. */
interface Hearer extends Pick<RelayListener, 'onConnected'> {
  /** The next event is read when this resolves. */
  readonly onEvent: (data: string) => Promise<void>;
}

/** How one connection ended. */
interface Ended {
  readonly why: string;
  readonly heardMilliseconds: number;
  readonly retryAfterSeconds?: number;
}

/** The relay at the address of a channel. Proxies and CAs are those of all requests of this process: HTTPS_PROXY, NODE_EXTRA_CA_CERTS. */
export function smeeRelay(
  address: string,
  webhooks: Pick<Webhooks, 'isOwnHeader' | 'readHeaders' | 'writtenAnew'>,
  options: Partial<SmeeOptions> = {},
): Relay {
  const all = { ...usual, ...options };
  const name = withoutChannel(address);
  return {
    name,
    async listen(listener, stop) {
      const { onConnected, onDelivery, onLost } = listener;
      const onEvent = async (data: string) => {
        const delivery = parseRelayed(data, webhooks);
        if (delivery !== undefined) await onDelivery(delivery);
      };
      let failures = 0;
      while (!stop.aborted) {
        const { why, ...ended } = await hear(address, { onConnected, onEvent }, stop, all);
        if (stop.aborted) return;
        onLost(why.replaceAll(address, name));
        const plan = planReconnect({ ...ended, failures, random: all.random() });
        failures = plan.failures;
        await pause(plan.waitMilliseconds, stop);
      }
    },
  };
}

/** One connection, from the request to its end. */
async function hear(
  address: string,
  { onConnected, onEvent }: Hearer,
  stop: AbortSignal,
  options: SmeeOptions,
): Promise<Ended> {
  const { answerMilliseconds, silentMilliseconds, clock } = options;
  const silence = new AbortController();
  let since: number | undefined;
  const heard = () => (since === undefined ? 0 : clock.monotonic() - since);
  try {
    const headers = { accept: 'text/event-stream', 'user-agent': 'build-test-deploy-bot' }; // smee.io compares the first one as it is
    const signal = AbortSignal.any([stop, silence.signal]);
    const answer = await abortAfter(answerMilliseconds, fetch(address, { headers, signal }), silence);
    const refusal = whyNoStream(answer);
    if (answer.body === null || refusal !== undefined) {
      await answer.body?.cancel();
      return { why: refusal ?? 'it answers with nothing', heardMilliseconds: 0, ...retryAfter(answer) };
    }
    since = clock.monotonic();
    onConnected();
    const why = await readEvents(answer.body, onEvent, silence, silentMilliseconds);
    return { why, heardMilliseconds: heard() };
  } catch (error) {
    const silentFor = (since === undefined ? answerMilliseconds : silentMilliseconds) / 1000;
    const why = silence.signal.aborted ? `it has sent nothing for ${silentFor} s` : wordsOfNetwork(error);
    return { why, heardMilliseconds: heard() };
  }
}

/** Waits with a timeout: after it `silence` aborts the source, and this rejects. */
async function abortAfter<T>(milliseconds: number, coming: Promise<T>, silence: AbortController): Promise<T> {
  const timer = setTimeout(() => silence.abort(), milliseconds);
  try {
    return await coming;
  } finally {
    clearTimeout(timer);
  }
}

/** Reads to the end of the stream; why it ended. */
async function readEvents(
  body: ReadableStream<Uint8Array>,
  onEvent: Hearer['onEvent'],
  silence: AbortController,
  silentMilliseconds: number,
): Promise<string> {
  const events: EventSourceMessage[] = [];
  let isTooLarge = false;
  const parser = createParser({
    maxBufferSize: mostCharacters,
    onEvent: (event) => events.push(event),
    onError: ({ type }) => {
      isTooLarge ||= type === 'max-buffer-size-exceeded';
    },
  });
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    // Our handling of an event does not count as silence of the relay.
    const { done, value } = await abortAfter(silentMilliseconds, reader.read(), silence);
    if (done) return 'it has closed the connection';
    parser.feed(value);
    if (isTooLarge) {
      await reader.cancel();
      return 'it has sent more than a delivery can be';
    }
    for (const { data } of events.splice(0)) await onEvent(data);
  }
}

function whyNoStream({ status, headers }: Response): string | undefined {
  const type = headers.get('content-type') ?? 'no content type';
  if (status === 200 && type.startsWith('text/event-stream')) return undefined;
  if (status === 200)
    return `it answers with ${type}, not with events: give it the address of a channel, https://smee.io/CHANNEL, or https://HOST/events/CHANNEL of gosmee`;
  return `it answers with status ${status}`;
}

function retryAfter({ headers }: Response): Pick<Ended, 'retryAfterSeconds'> {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? { retryAfterSeconds: seconds } : {};
}
