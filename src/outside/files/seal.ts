import { createHmac, createPrivateKey, hkdfSync, timingSafeEqual } from 'node:crypto';
import { wordsOf } from '../../words-of.ts';

// Files that the daemons act by, and others may be able to write, have a seal: their last member, `"seal": "64 hex digits"`. It is added
// and removed as text, so it covers exactly the bytes that were written. Without the App's key nobody can make one.

/** The kind of a file. A seal is valid for its kind only. */
export type SealedKind =
  | 'job record'
  | 'order'
  | 'delivery'
  | 'plan'
  | 'pull request'
  | 'summary'
  | 'preview'
  | 'marker';

/** `why`: the end of a sentence that begins with the file's name. */
type Opened = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'refused'; readonly why: string };

const purpose = 'build-test-deploy-bot: seal of files, version 1';
const endOf = (seal: string) => `,\n  "seal": "${seal}"\n}\n`;
const endLength = endOf('0'.repeat(64)).length;
const endShape = /^,\n {2}"seal": "([0-9a-f]{64})"\n\}\n$/;

/** Seals texts with a key that is derived from the App's. */
export class Seal {
  readonly #key: Buffer;

  private constructor(key: Buffer) {
    this.#key = key;
  }

  /** Throws if `pem` is no private key. The seal depends on the key, not on its encoding. */
  static ofPrivateKey(pem: string): Seal {
    const key = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
    return new Seal(Buffer.from(hkdfSync('sha256', key, '', purpose, 32)));
  }

  /** The text of a JSON object with members, with its seal. `place` is the file's own: under another name or directory it is not opened. */
  close(kind: SealedKind, place: string, text: string): string {
    const body = bodyOf(kind, text);
    return `${body}${endOf(this.#macOf(kind, place, body).toString('hex'))}`;
  }

  /** The same in UTF-8. What is large is encoded once only. */
  closeBytes(kind: SealedKind, place: string, text: string): Buffer {
    const body = Buffer.from(bodyOf(kind, text));
    return Buffer.concat([body, Buffer.from(endOf(this.#macOf(kind, place, body).toString('hex')))]);
  }

  /** The text without its seal, if that is valid for this text, kind and place. */
  open(kind: SealedKind, place: string, sealed: string): Opened {
    const seal = sealOf(sealed);
    if (seal === undefined) return { kind: 'refused', why: whyWithout(sealed) };
    const body = sealed.slice(0, -endLength);
    const isRight = timingSafeEqual(Buffer.from(seal, 'hex'), this.#macOf(kind, place, body));
    return isRight ? { kind: 'text', text: `${body}\n}\n` } : { kind: 'refused', why: whyWrong };
  }

  #macOf(kind: SealedKind, place: string, body: string | Buffer): Buffer {
    return createHmac('sha256', this.#key)
      .update(`${JSON.stringify([kind, place])}\n`)
      .update(body)
      .digest();
  }
}

/** The text of an object without its last brace, where the seal is put. */
function bodyOf(kind: SealedKind, text: string): string {
  const whole = text.trimEnd();
  const body = whole.slice(0, -1).trimEnd();
  if (!whole.startsWith('{') || !whole.endsWith('}') || body === '{')
    throw new Error(`a text that is no JSON object with members cannot be sealed as ${kind}`);
  return body;
}

/** The seal at the end, of any key; undefined if there is none. */
export const sealOf = (text: string) => endShape.exec(text.slice(-endLength))?.[1];

/** The text without its seal, of any key; unchanged if there is none. */
export const withoutSeal = (text: string) => (sealOf(text) === undefined ? text : `${text.slice(0, -endLength)}\n}\n`);

/** For a file that was set aside because of its seal: the end of a sentence. */
export const howToTrust = 'check it, then accept it with ./bot.sh replay --reseal, or give it up with ./bot.sh drop';

const whyWrong =
  'has a seal that is not of this text in this place: something else than the bot changed, copied or renamed it';

function whyWithout(text: string): string {
  try {
    JSON.parse(text);
  } catch (error) {
    return `is not JSON: ${wordsOf(error)}`;
  }
  return 'has no seal: something else than the bot wrote it, or an older version of the bot';
}

interface Sealing {
  readonly seal: Seal;
  /** Called for each refused text, each time. */
  readonly onRefused?: (kind: SealedKind, place: string, why: string) => void;
}

let ofThisProcess: Sealing | undefined;

/** The seal of this process from now on. It is here, beside the check before writes, since all such files pass here. */
export function useSeal(seal: Seal, onRefused?: Sealing['onRefused']): void {
  ofThisProcess = { seal, ...(onRefused && { onRefused }) };
}

/** {@link Seal.close} with this process's seal. */
export function sealText(kind: SealedKind, place: string, text: string): string {
  return sealing().seal.close(kind, place, text);
}

/** A value as the JSON of a file, with this process's seal. */
export function sealJson(kind: SealedKind, place: string, value: object): string {
  return sealText(kind, place, JSON.stringify(value, null, 2));
}

/** {@link Seal.closeBytes} with this process's seal. */
export function sealBytes(kind: SealedKind, place: string, text: string): Buffer {
  return sealing().seal.closeBytes(kind, place, text);
}

/** {@link Seal.open} with this process's seal. */
export function openSealed(kind: SealedKind, place: string, text: string): Opened {
  const { seal, onRefused } = sealing();
  const opened = seal.open(kind, place, text);
  if (opened.kind === 'refused') onRefused?.(kind, place, opened.why);
  return opened;
}

function sealing(): Sealing {
  if (ofThisProcess === undefined) throw new Error('this process was given no seal');
  return ofThisProcess;
}
