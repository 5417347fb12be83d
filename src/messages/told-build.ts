import type { TargetPlace } from './shown-place.ts';

/** The states of a build that programs know from `bot: status`; other rows are not states. */
type ToldState = 'submitted' | 'received' | 'running' | 'finished';

/** A build, read from its comment. */
export interface ToldBuild {
  /** `amd-zen2`; empty if the comment does not say. */
  readonly on: TargetPlace;
  /** `x86_64/amd/zen2` */
  readonly for: TargetPlace;
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
