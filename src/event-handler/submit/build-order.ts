import type { PullRequest, RepositoryName } from '../../outside/forge/forge.ts';
import type { Account } from '../../permissions.ts';
import type { BuildTarget } from './build-target.ts';

/** A planned build command. */
export interface BuildOrder {
  readonly delivery: string;
  readonly orderedBy: Account;
  readonly repository: RepositoryName;
  readonly pullRequest: PullRequest;
  readonly targets: readonly BuildTarget[];
  /** JOBS_BASE_DIR/YYYY.MM/pr_N */
  readonly pullRequestDir: string;
  /** …/event_GUID/run_NNN */
  readonly runDir: string;
}
