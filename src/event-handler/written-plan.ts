import type { Said } from '../jobs/say-once.ts';
import type { CommandResult } from '../messages/response.ts';
import type { Markdown, PullRequest, Reaction, RepositoryName } from '../outside/github/github.ts';
import type { PlannedCommand } from './commands/plan-comment.ts';

/**
 * What was decided about a comment, and how far it has been carried out. It lies beside the delivery in the inbox until that is done:
 * a daemon that is killed goes on from here, with the decisions, the commit and the directories of the first time.
 */
export interface WrittenPlan {
  readonly version: 1;
  readonly delivery: string;
  readonly repository: RepositoryName;
  readonly pullRequest: number;
  readonly commentId: number;
  readonly sender: string;
  readonly senderId?: number;
  readonly commands: readonly CommandToCarryOut[];
  readonly reactions: readonly Reaction[];
  readonly reacted: boolean;
  /** Comments of ours by what they are: `response`, `show_config 1`, … */
  readonly said: Readonly<Record<string, Said>>;
  /** The response as it was sent last, or may have been sent. */
  readonly shown?: Markdown;
  /** Its builds have no commit and no directory yet, since GitHub could not tell of the pull request. */
  readonly unplaced?: true;
  /** Why what is left of it has to wait, as it is told. */
  readonly waitsFor?: Markdown;
}

export interface CommandToCarryOut extends PlannedCommand {
  /** Of a build with targets: what is built, and where. */
  readonly build?: BuildPlace;
  /** Carried out. */
  readonly result?: CommandResult;
  /** The result tells that it failed again and again: it is done after all where the delivery was put back. */
  readonly givenUp?: true;
}

export interface BuildPlace {
  readonly pullRequest: PullRequest;
  readonly pullRequestDir: string;
  readonly runDir: string;
}
