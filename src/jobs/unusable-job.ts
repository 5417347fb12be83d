import { Unusable } from './judge-error.ts';

/** A job's files cannot be used: the others go on. */
export class UnusableJob extends Unusable {
  override name = 'UnusableJob';
}
