import type { SignatureOutcome } from './judge-signature.ts';

/**
 * Passes on whether signatures were right. Anybody can send any number of wrong ones: of each outcome the first is passed on at once, of
 * those that follow within a minute the last, by {@link SignatureOutcomes.minute}, unless a right one came after it.
 */
export class SignatureOutcomes {
  readonly #tell: (outcome: SignatureOutcome) => void;
  readonly #told = new Set<SignatureOutcome>();
  #last: SignatureOutcome | undefined;

  constructor(tell: (outcome: SignatureOutcome) => void) {
    this.#tell = tell;
  }

  take(outcome: SignatureOutcome): void {
    if (outcome === 'right') {
      this.#last = undefined;
      this.#tell(outcome);
      return;
    }
    if (this.#told.has(outcome)) {
      this.#last = outcome;
      return;
    }
    this.#told.add(outcome);
    this.#tell(outcome);
  }

  /** To be called once a minute. */
  minute(): void {
    this.#told.clear();
    if (this.#last === undefined) return;
    this.#told.add(this.#last);
    this.#tell(this.#last);
    this.#last = undefined;
  }
}
