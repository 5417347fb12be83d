import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/**
 * How much is parsed at a time if the length is not known. Given all bytes at once, the parser would go through all chunks and requests in
 * them before it could be stopped.
 */
const pieceBytes = 256;
const endOfHeaders = Buffer.from('\r\n\r\n');

/** Shows the HTTP parser one request of a connection. Bytes after the request are dropped. */
export class OneRequest extends Duplex {
  readonly socket: Socket;
  /** Bytes read and not parsed yet. While there are some, nothing more is read. */
  #rest: Buffer;
  /** Bytes of the body still to come; undefined while the headers are not parsed, or if they do not say. */
  #body: number | undefined;
  #hasHeaders = false;
  #isEnough = false;
  #isParsing = false;

  /** `first`: the bytes read so far. The socket is paused. */
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

  /** The headers are parsed. `body`: the length of the body; undefined if they do not say. */
  hasHeaders(body: number | undefined): void {
    this.#hasHeaders = true;
    this.#body = body;
    if (body === 0) this.takeNoMore();
  }

  /** The request is complete, or answered: further bytes are not read. */
  takeNoMore(): void {
    const isMoreThere = this.#rest.length > 0;
    this.#isEnough = true;
    this.#rest = Buffer.alloc(0);
    if (isMoreThere) this.socket.pause();
    else this.socket.resume(); // to notice when the client closes the connection
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
        // The reader of the body attaches in the next tick; bytes parsed before would pile up unseen.
        process.nextTick(() => this.#parseRest());
        wantsMore = false;
      }
    }
    this.#isParsing = false;
    if (wantsMore && !this.#isEnough) this.socket.resume();
  }

  /** A piece ends with the headers, so that the body begins with a piece of its own. */
  #nextPiece(): number {
    if (this.#body !== undefined) return this.#body;
    const end = this.#hasHeaders ? -1 : this.#rest.indexOf(endOfHeaders);
    return Math.min(pieceBytes, end === -1 ? pieceBytes : end + endOfHeaders.length);
  }

  override _read(): void {
    process.nextTick(() => this.#parseRest()); // not within this call: it would be buffered, and parsed all at once later
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

  /** The HTTP server calls this after the answer. The socket is closed once the client has closed it, or at its deadline. */
  destroySoon(): void {
    this.end();
  }
}
