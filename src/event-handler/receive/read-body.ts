import type { IncomingMessage } from 'node:http';

/** Why a body was not read to its end. */
export type BodyRefusal = 'too large' | 'too many' | 'too small pieces';

/** GitHub's own limit for a delivery. */
const maximumBodyBytes = 25 * 1024 * 1024;
/** For all bodies being received: anybody may send one, and the signature can be checked only at the end. */
const maximumBytesHeld = 64 * 1024 * 1024;
const firstBufferBytes = 4 * 1024;
/** Each piece (or chunk) costs as much memory as some hundred bytes. This many may be small; if there are more, their average has a minimum size. */
const freePieces = 32;
const smallestMeanBytes = 64;

interface Holder {
  held: number;
  readonly giveUp: () => void;
}

/** The memory that all bodies under way hold. */
export class BodyBytes {
  readonly #most: number;
  readonly #holders = new Set<Holder>();
  #held = 0;

  constructor(most = maximumBytesHeld) {
    this.#most = most;
  }

  /** Counts what one body holds from now on. If all hold too much, the largest are refused, the oldest of them first. */
  hold(holder: Holder, bytes: number): void {
    this.#holders.add(holder);
    this.#held += bytes - holder.held;
    holder.held = bytes;
    while (this.#held > this.#most) {
      const largest = [...this.#holders].reduce((most, each) => (each.held > most.held ? each : most));
      this.release(largest);
      largest.giveUp();
    }
  }

  release(holder: Holder): void {
    if (this.#holders.delete(holder)) this.#held -= holder.held;
    holder.held = 0;
  }
}

/**
 * Reads a body into one buffer that grows with the bytes received, not with the announced length. Rejects if the client has gone.
 * `stopParsing` is called as soon as the body is refused. `too many`: all bodies together are too large, and this is the largest.
 */
export function readBody(
  request: IncomingMessage,
  bytes: BodyBytes,
  stopParsing: () => void,
): Promise<Buffer | BodyRefusal> {
  const announced = Number(request.headers['content-length'] ?? maximumBodyBytes);
  if (announced > maximumBodyBytes) return Promise.resolve('too large');
  return new Promise((resolve, reject) => {
    let buffer = Buffer.alloc(0);
    let length = 0;
    let pieces = 0;
    const leave = () => {
      bytes.release(holder);
      request.off('data', take);
    };
    const refuse = (why: BodyRefusal) => {
      leave();
      stopParsing();
      resolve(why);
    };
    const holder: Holder = { held: 0, giveUp: () => refuse('too many') };
    const take = (piece: Buffer) => {
      const end = length + piece.length;
      if (end > maximumBodyBytes) return refuse('too large');
      if (++pieces > freePieces && end < pieces * smallestMeanBytes) return refuse('too small pieces');
      if (end > buffer.length) {
        const larger = Buffer.allocUnsafeSlow(Math.min(announced, Math.max(end, 2 * buffer.length, firstBufferBytes)));
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
        bytes.hold(holder, larger.length);
      }
      piece.copy(buffer, length);
      length = end;
    };
    request.on('data', take);
    request.on('end', () => {
      leave();
      resolve(buffer.subarray(0, length));
    });
    request.on('close', () => {
      leave();
      reject(new Error('the client has gone before its request was complete')); // no effect if it was complete
    });
    request.on('error', () => {}); // 'close' follows
  });
}
