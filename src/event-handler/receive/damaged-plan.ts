import { Unusable } from '../../jobs/judge-error.ts';

/** The kept plan of a delivery is malformed. Using it, or planning anew, could do things twice. */
export class DamagedPlan extends Unusable {
  override name = 'DamagedPlan';

  /** `what`: what is wrong with which file, the beginning of a sentence. */
  constructor(what: string) {
    super(
      `${what}: see on the pull request what was done; then remove that file and do it again with ./bot.sh replay, or give it up with ./bot.sh drop`,
    );
  }
}
