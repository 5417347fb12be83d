import { createHmac, createPrivateKey, hkdfSync, timingSafeEqual } from 'node:crypto';
import { wordsOf } from '../../words-of.ts';

// What the daemons act by, and others can perhaps write, carries a seal: its last member, `"seal": "64 hex digits"`, is put in and taken out
// as text, so that it is over exactly the bytes that were written. Who can write the file but not read the App's key cannot make one.

/** What a file is. The seal of one kind is none of another. */
export type SealedKind = 'job record' | 'order' | 'delivery' | 'plan' | 'pull request' | 'marker';

/** `why`: the end of a sentence that begins with the file's name. */
export type Opened =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'refused'; readonly why: string };

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

  /** Throws where `pem` is no private key. However the same key is written down, the seal is the same. */
  static ofPrivateKey(pem: string): Seal {
    const key = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
    return new Seal(Buffer.from(hkdfSync('sha256', key, '', purpose, 32)));
  }

  /**
   * The text of a JSON object that has members, with its seal. `place` is where the file belongs: under another name, or in another
   * directory, it is not opened.
   */
  close(kind: SealedKind, place: string, text: string): string {
    const whole = text.trimEnd();
    const body = whole.slice(0, -1).trimEnd();
    if (!whole.startsWith('{') || !whole.endsWith('}') || body === '{')
      throw new Error(`a text that is no JSON object with members cannot be sealed as ${kind}`);
    return `${body}${endOf(this.#macOf(kind, place, body).toString('hex'))}`;
  }

  /** The text without its seal, where that is of this very text, kind and place. */
  open(kind: SealedKind, place: string, sealed: string): Opened {
    const seal = sealOf(sealed);
    if (seal === undefined) return { kind: 'refused', why: whyWithout(sealed) };
    const body = sealed.slice(0, -endLength);
    const isRight = timingSafeEqual(Buffer.from(seal, 'hex'), this.#macOf(kind, place, body));
    return isRight ? { kind: 'text', text: `${body}\n}\n` } : { kind: 'refused', why: whyWrong };
  }

  #macOf(kind: SealedKind, place: string, body: string): Buffer {
    return createHmac('sha256', this.#key)
      .update(`${JSON.stringify([kind, place])}\n${body}`)
      .digest();
  }
}

/** The seal at the end, of whatever key; undefined where there is none. */
export const sealOf = (text: string) => endShape.exec(text.slice(-endLength))?.[1];

/** The text without its seal, whoever made it; as it is where there is none. */
export const withoutSeal = (text: string) => (sealOf(text) === undefined ? text : `${text.slice(0, -endLength)}\n}\n`);

/** Of what was set aside for its seal: the end of a sentence. */
export const howToTrust =
  'look at it, then have it gone on with as it is by bot-admin replay --reseal, or give it up by bot-admin drop';

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
  /** Hears of each text that was not opened, each time. */
  readonly onRefused?: (kind: SealedKind, place: string, why: string) => void;
}

let ofThisProcess: Sealing | undefined;

/** From now on this process seals and opens so. Here, as what is looked at before each write, since all such files come by. */
export function useSeal(seal: Seal, onRefused?: Sealing['onRefused']): void {
  ofThisProcess = { seal, ...(onRefused && { onRefused }) };
}

/** As {@link Seal.close}, with the seal of this process. */
export function sealText(kind: SealedKind, place: string, text: string): string {
  return sealing().seal.close(kind, place, text);
}

/** As {@link Seal.open}, with the seal of this process. */
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
