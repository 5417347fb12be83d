/** A delivery as a relay passes it on: anybody who knows the channel can make one up. */
export interface RelayedDelivery {
  /** Only the forge's own headers; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the signed body may have been, likeliest first: most relays parse it and write it anew. */
  readonly bodies: readonly Buffer[];
}

export interface RelayListener {
  /** It is connected; what it sent before is lost. */
  readonly onConnected: () => void;
  /** The next event is read when this resolves. It does not reject. */
  readonly onDelivery: (delivery: RelayedDelivery) => Promise<void>;
  /** The connection was lost, or not made: the next attempt follows. `why`: without the channel. */
  readonly onLost: (why: string) => void;
}

/** A relay in our words. The real one: smee-relay.ts. */
export interface Relay {
  /** Its address without the channel, for logs: anybody who knows the channel can read all deliveries. */
  readonly name: string;
  /** Receives until told to stop, through any number of connections. */
  readonly listen: (listener: RelayListener, stop: AbortSignal) => Promise<void>;
}

/** What doctor sends through a relay, in the place of the forge's name of an event: it is no delivery. */
export const probeEvent = 'bot_doctor';

/** How an admin has the event handler ask the forge: no relay is needed then, and the webhook may lead nowhere. */
export const pullInstead = "./bot.sh restart event_handler --event-handler-opts '--pull 30'";
