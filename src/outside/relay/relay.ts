/** A delivery as a relay passes it on: anybody who knows the channel can make one up. */
export interface RelayedDelivery {
  /** The forge's own alone; names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the signed body may have been, the likeliest first: most relays parse it, and write it anew. */
  readonly bodies: readonly Buffer[];
}

export interface RelayListener {
  /** It is heard from now on; what it passed on before is lost. */
  readonly onConnected: () => void;
  /** The next event is read when this has come to its end. It does not reject. */
  readonly onDelivery: (delivery: RelayedDelivery) => Promise<void>;
  /** It is not heard any more, or still not: the next attempt follows. `why`: without the channel. */
  readonly onLost: (why: string) => void;
}

/** A relay in our words. The real one: smee-relay.ts. */
export interface Relay {
  /** Its address without the channel, for logs: whoever knows that reads all deliveries. */
  readonly name: string;
  /** Hears it until told to stop, through any number of connections. */
  readonly listen: (listener: RelayListener, stop: AbortSignal) => Promise<void>;
}

/** What doctor sends through a relay, in the place of the forge's name of an event: it is no delivery. */
export const probeEvent = 'bot_doctor';
