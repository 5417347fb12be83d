import type { SignatureOutcome } from './judge-signature.ts';

/** After this many genuine deliveries in a row with a wrong signature, the secret is at fault, not the relay. */
const changedByRelay = 10;
/** More than arrive between two comparisons with GitHub's list, unless somebody makes them up. */
const mostKept = 1_000;

/**
 * Deliveries that were refused for their signature, by GUID. Anyone can send these; only one that GitHub lists, and that did not arrive
 * rightly either, says something about the secret.
 */
export class BadSignatures {
  readonly #refused = new Map<string, Refused>();
  /** Whether any signature was right since this process started. */
  #hasBeenRight = false;
  #changed = 0;

  /** Keeps only the newest. */
  add(guid: string, outcome: Refused['outcome'], isRelayed = false): void {
    this.#refused.delete(guid);
    this.#refused.set(guid, { outcome, isRelayed });
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > mostKept && oldest !== undefined) this.#refused.delete(oldest);
  }

  /** A signature was right. */
  wasRight(): void {
    this.#hasBeenRight = true;
    this.#changed = 0;
  }

  /**
   * For a delivery that GitHub lists and the inbox lacks: how it was refused, if it was. Given back once. A relay may change a body now and
   * then: that does not count.
   */
  take(guid: string): SignatureOutcome | undefined {
    const refused = this.#refused.get(guid);
    this.#refused.delete(guid);
    if (refused?.isRelayed && this.#hasBeenRight && ++this.#changed < changedByRelay) return undefined;
    return refused?.outcome;
  }
}

interface Refused {
  readonly outcome: Exclude<SignatureOutcome, 'right'>;
  readonly isRelayed: boolean;
}
