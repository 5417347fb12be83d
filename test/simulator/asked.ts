import { type CommandLine, commandLines } from './history.ts';

/** A comment with commands, and how the world was when somebody typed it. */
export interface TypedComment {
  readonly id: number;
  readonly pullRequest: number;
  readonly isPermitted: boolean;
  readonly lines: readonly CommandLine[];
  /** Of its deliveries: a relay may give them other names. */
  readonly guids: string[];
}

/** A deploy label that a maintainer set. */
export interface DeployLabel {
  readonly pullRequest: number;
  readonly at: number;
}

/** What people asked for: what the daemons do is judged by it. */
export class Asked {
  readonly comments: TypedComment[] = [];
  readonly deployments: DeployLabel[] = [];

  /** The comment that asked for the job of a directory. */
  commentOf(directory: string): TypedComment | undefined {
    const guid = /\/event_([^/]+)\//.exec(directory)?.[1];
    return this.comments.find(({ guids }) => guid !== undefined && guids.includes(guid));
  }
}

/** How many jobs a comment asks for, where whoever typed it may. */
export function targetsOf({ lines }: TypedComment): number {
  return lines.reduce((sum, line) => sum + commandLines[line], 0);
}

/** Whether a comment has a command that this bot answers. */
export function isForUs({ lines }: TypedComment): boolean {
  return lines.some((line) => mayBeForUs(line) && !line.includes('jobid:'));
}

/** Whether this bot may answer: one that has none of the jobs is silent. */
export const mayBeForUs = (line: CommandLine) => line !== 'bot: build inst:another-bot';

/** Whether a comment asks for a job to be cancelled, if it is one of its pull request. */
export function cancels({ isPermitted, lines }: TypedComment, { id, directory }: { id: string; directory: string }) {
  return (
    isPermitted &&
    (lines.includes('bot: cancel') ||
      (lines.includes('bot: cancel arch:zen2') && directory.includes('zen2')) ||
      (lines.includes('bot: cancel jobid:100 jobid:102') && ['100', '102'].includes(id)))
  );
}
