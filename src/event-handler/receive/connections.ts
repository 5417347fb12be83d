import type { Socket } from 'node:net';

/** Why a connection was closed before its request was answered. */
type Closed = 'too slow' | 'crowded out' | 'no place';

export interface Limits {
  /** Connections at once. */
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
  readonly limits: Limits;
  /** Milliseconds of a clock that nobody sets. */
  readonly monotonic: () => number;
  /** Hears of each that was closed unanswered. */
  readonly onClosed: (why: Closed, socket: Socket) => void;
}

/**
 * The places of all clients. None is kept for longer than the limits say, whatever a client sends or does not read. When all are taken, one
 * is closed for the next: one that has its answer, else the one that has been sending its request for longest. Whoever sends a request at
 * once, as GitHub, a relay and a proxy do, is not the victim of those who do not.
 */
export class Connections {
  readonly #options: Options;
  /** Both: oldest first. */
  readonly #sending = new Map<Socket, Sending>();
  readonly #leaving = new Map<Socket, number>();
  /** Their requests are complete: the answer is being made. */
  readonly #answering = new Set<Socket>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Gives a new connection a place; false: it was closed, since all places are taken by requests that are being answered. */
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

  /** The whole request is there. */
  hasRequest(socket: Socket): void {
    if (this.#sending.delete(socket)) this.#answering.add(socket);
  }

  /** The answer is on its way. */
  hasAnswer(socket: Socket): void {
    const hadPlace = this.#sending.delete(socket) || this.#answering.delete(socket);
    if (hadPlace) this.#leaving.set(socket, this.#options.monotonic());
  }

  /** Closes those whose time is over. To be called every second or so. */
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

  /** At once, and so that nothing is left of it in the kernel either. */
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
