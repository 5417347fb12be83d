import type { SignatureOutcome } from './judge-signature.ts';

/** So many in a row that a relay has brought, and that are GitHub's: it is the secret, then, and not the relay. */
const changedByRelay = 10;
/** More than come between two comparisons with GitHub's list, unless somebody makes them up. */
const mostKept = 1_000;

/**
 * Deliveries that were refused for their signature, by GUID. Anybody can send such, and say that they are GitHub's, so of themselves they
 * tell nothing of the secret: only one that GitHub lists does, and that did not arrive rightly either.
 */
export class Suspects {
  readonly #refused = new Map<string, Suspect>();
  /** Since this process was started, or since the secret was doubted. */
  #hasBeenRight = false;
  #changed = 0;

  /** Of any number the newest are kept. */
  add(guid: string, outcome: Suspect['outcome'], isRelayed = false): void {
    this.#refused.delete(guid);
    this.#refused.set(guid, { outcome, isRelayed });
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > mostKept && oldest !== undefined) this.#refused.delete(oldest);
  }

  /** A signature fitted the secret. */
  wasRight(): void {
    this.#hasBeenRight = true;
    this.#changed = 0;
  }

  /**
   * GitHub lists this one, and it is not in the inbox: how it was refused, if it was. Told once; not told of a relay that changes one now and
   * then, which is its way: it is fetched.
   */
  take(guid: string): SignatureOutcome | undefined {
    const suspect = this.#refused.get(guid);
    this.#refused.delete(guid);
    if (suspect?.isRelayed && this.#hasBeenRight && ++this.#changed < changedByRelay) return undefined;
    return suspect?.outcome;
  }
}

interface Suspect {
  readonly outcome: Exclude<SignatureOutcome, 'right'>;
  readonly isRelayed: boolean;
}
