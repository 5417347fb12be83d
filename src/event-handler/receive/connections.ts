import type { Socket } from 'node:net';

/** Why a connection was closed before its request was answered. */
type Closed = 'too slow' | 'crowded out' | 'no place';

export interface ConnectionLimits {
  /** The most connections at once. */
  readonly places: number;
  /** Milliseconds without a byte of the request. */
  readonly idle: number;
  /** Milliseconds from the connection to the end of the headers. */
  readonly headers: number;
  /** Milliseconds from the connection to the end of the request. */
  readonly request: number;
  /** Milliseconds from the answer until the client has taken it and closed the connection. */
  readonly leaving: number;
}

interface Options {
  readonly limits: ConnectionLimits;
  /** The monotonic clock, in milliseconds. */
  readonly monotonic: () => number;
  /** Called for each connection that was closed unanswered. */
  readonly onClosed: (why: Closed, socket: Socket) => void;
}

/**
 * A bounded number of connections. None lasts longer than the limits, whatever the client does. When all places are taken, one is closed for
 * the next: one that has its answer, else the one that has been sending its request for longest. So slow clients cannot crowd out those that
 * send a request at once, as GitHub, a relay and a proxy do.
 */
export class Connections {
  readonly #options: Options;
  /** These two: oldest first. */
  readonly #sending = new Map<Socket, Sending>();
  readonly #leaving = new Map<Socket, number>();
  /** Their requests are complete, and are being handled. */
  readonly #answering = new Set<Socket>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Gives a new connection a place. False: it was closed, because requests that are being handled take all places. */
  take(socket: Socket): boolean {
    if (this.#size() >= this.#options.limits.places && !this.#makePlace()) {
      this.#close(socket, 'no place');
      return false;
    }
    const now = this.#options.monotonic();
    const sending: Sending = { since: now, lastByte: now, hasHeaders: false };
    this.#sending.set(socket, sending);
    socket.on('data', () => {
      sending.lastByte = this.#options.monotonic();
    });
    socket.on('close', () => this.#forget(socket));
    return true;
  }

  hasHeaders(socket: Socket): void {
    const sending = this.#sending.get(socket);
    if (sending) sending.hasHeaders = true;
  }

  /** The whole request was received. */
  hasRequest(socket: Socket): void {
    if (this.#sending.delete(socket)) this.#answering.add(socket);
  }

  /** The answer was sent. */
  hasAnswer(socket: Socket): void {
    const hadPlace = this.#sending.delete(socket) || this.#answering.delete(socket);
    if (hadPlace) this.#leaving.set(socket, this.#options.monotonic());
  }

  /** Closes connections that are too slow. Call it every second or so. */
  closeLate(): void {
    const now = this.#options.monotonic();
    const { idle, headers, request, leaving } = this.#options.limits;
    for (const [socket, { since, lastByte, hasHeaders }] of this.#sending) {
      const isLate = now - since > (hasHeaders ? request : headers) || now - lastByte > idle;
      if (isLate) this.#close(socket, 'too slow');
    }
    for (const [socket, since] of this.#leaving) if (now - since > leaving) this.#drop(socket);
  }

  #makePlace(): boolean {
    const [left] = this.#leaving.keys();
    if (left !== undefined) {
      this.#drop(left);
      return true;
    }
    const [oldest] = this.#sending.keys();
    if (oldest === undefined) return false;
    this.#close(oldest, 'crowded out');
    return true;
  }

  #size(): number {
    return this.#sending.size + this.#answering.size + this.#leaving.size;
  }

  #close(socket: Socket, why: Closed): void {
    this.#options.onClosed(why, socket);
    this.#drop(socket);
  }

  /** Closes at once, with a reset, so that the kernel keeps nothing either. */
  #drop(socket: Socket): void {
    this.#forget(socket);
    socket.resetAndDestroy();
  }

  #forget(socket: Socket): void {
    this.#sending.delete(socket);
    this.#answering.delete(socket);
    this.#leaving.delete(socket);
  }
}

interface Sending {
  readonly since: number;
  lastByte: number;
  hasHeaders: boolean;
}
