import type { SignatureOutcome } from './judge-signature.ts';

/** More than come between two comparisons with GitHub's list, unless somebody makes them up. */
const mostKept = 1_000;

/**
 * Deliveries that were refused for their signature, by GUID. Anybody can send such, and say that they are GitHub's, so of themselves they
 * tell nothing of the secret: only one that GitHub lists does, and that did not arrive rightly either.
 */
export class Suspects {
  readonly #refused = new Map<string, Exclude<SignatureOutcome, 'right'>>();

  /** Of any number the newest are kept. */
  add(guid: string, outcome: Exclude<SignatureOutcome, 'right'>): void {
    this.#refused.delete(guid);
    this.#refused.set(guid, outcome);
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > mostKept && oldest !== undefined) this.#refused.delete(oldest);
  }

  /** GitHub lists this one, and it is not in the inbox: how it was refused, if it was. Told once. */
  take(guid: string): SignatureOutcome | undefined {
    const outcome = this.#refused.get(guid);
    this.#refused.delete(guid);
    return outcome;
  }
}
