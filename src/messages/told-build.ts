import type { Place } from './shown-place.ts';

/** The states of a build that programs know from `bot: status`; other rows tell no state. */
type ToldState = 'submitted' | 'received' | 'running' | 'finished';

/** A build, as its comment tells it. */
export interface ToldBuild {
  /** `amd-zen2`; empty where the comment does not tell. */
  readonly on: Place;
  /** `x86_64/amd/zen2` */
  readonly for: Place;
  readonly repository: string;
  readonly state: ToldState;
  /** The text of that state's row, unchanged. */
  readonly result: string;
  /** The date of that row, unchanged. */
  readonly date: string;
  /** Full or abbreviated. */
  readonly commit?: string;
  readonly url: string;
  readonly jobId?: string;
}
