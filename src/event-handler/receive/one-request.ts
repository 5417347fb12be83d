import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/**
 * How much is parsed at a time of what has no length that is known. A parser that is given all that was read goes through all the chunks and
 * requests in it at once, however many, before anybody can tell it to stop.
 */
const pieceBytes = 256;
const endOfHeaders = Buffer.from('\r\n\r\n');

/** A connection as the HTTP parser sees it: one request. What follows the request is thrown away unseen. */
export class OneRequest extends Duplex {
  readonly socket: Socket;
  /** What came and is not parsed. While there is some nothing more is read. */
  #rest: Buffer;
  /** Bytes of the body that are to come; undefined while the headers are not parsed, and where they do not say. */
  #body: number | undefined;
  #hasHeaders = false;
  #isEnough = false;
  #isParsing = false;

  /** `first`: what was read of the socket, which is paused. */
  constructor(socket: Socket, first: Buffer) {
    super({ allowHalfOpen: true, readableHighWaterMark: 16 * 1024 });
    this.socket = socket;
    this.#rest = first;
    socket.on('data', (bytes: Buffer) => this.#parse(bytes));
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  get remoteAddress(): string | undefined {
    return this.socket.remoteAddress;
  }

  /** The headers are parsed; `body`: bytes that follow, undefined where they do not say how many. */
  hasHeaders(body: number | undefined): void {
    this.#hasHeaders = true;
    this.#body = body;
    if (body === 0) this.takeNoMore();
  }

  /** The request is complete, or answered: whatever else comes is not looked at, and not even read. */
  takeNoMore(): void {
    const isMoreThere = this.#rest.length > 0;
    this.#isEnough = true;
    this.#rest = Buffer.alloc(0);
    if (isMoreThere) this.socket.pause();
    else this.socket.resume(); // until more comes: the client may close the connection
  }

  #parse(bytes: Buffer): void {
    if (this.#isEnough) {
      this.socket.pause();
      return;
    }
    this.#rest = bytes;
    this.socket.pause();
    this.#parseRest();
  }

  #parseRest(): void {
    if (this.#isParsing) return;
    this.#isParsing = true;
    let wantsMore = true;
    while (wantsMore && this.#rest.length > 0 && !this.destroyed) {
      const piece = this.#rest.subarray(0, this.#nextPiece());
      this.#rest = this.#rest.subarray(piece.length);
      const isBody = this.#body !== undefined;
      const wereHeaders = !this.#hasHeaders;
      wantsMore = this.push(piece);
      if (this.#body !== undefined && isBody) this.hasHeaders(Math.max(0, this.#body - piece.length));
      if (wereHeaders && this.#hasHeaders) {
        // Whoever reads the body hears of it from the next tick on; until then it would be parsed, and kept, unseen.
        process.nextTick(() => this.#parseRest());
        wantsMore = false;
      }
    }
    this.#isParsing = false;
    if (wantsMore && !this.#isEnough) this.socket.resume();
  }

  /** Headers are parsed to their end, so that the body begins with a piece of its own. */
  #nextPiece(): number {
    if (this.#body !== undefined) return this.#body;
    const end = this.#hasHeaders ? -1 : this.#rest.indexOf(endOfHeaders);
    return Math.min(pieceBytes, end === -1 ? pieceBytes : end + endOfHeaders.length);
  }

  override _read(): void {
    process.nextTick(() => this.#parseRest()); // what is pushed within this call would be kept, and parsed all at once later
  }

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.socket.write(bytes, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.takeNoMore();
    this.socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#isEnough = true;
    this.#rest = Buffer.alloc(0);
    this.socket.destroy();
    done(error);
  }

  /** The HTTP server calls this after the last answer. The socket is closed when the client has closed it, or by its deadline. */
  destroySoon(): void {
    this.end();
  }
}
