import { Unusable } from './judge-error.ts';

/** The files of a job cannot be used. It does not stop other jobs. */
export class UnusableJob extends Unusable {
  override name = 'UnusableJob';
}
