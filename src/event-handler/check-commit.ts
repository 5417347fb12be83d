import { codeSpan } from '../messages/escape-markdown.ts';
import { md } from '../messages/markdown.ts';
import type { PlannedCommand } from './commands/plan-comment.ts';

/** A build whose `sha:` names another commit than the one that would be built is refused. */
export function checkCommit<T extends PlannedCommand>(command: T, headSha: string): T {
  const { outcome } = command;
  if (outcome.kind !== 'build' || outcome.sha === undefined || headSha.startsWith(outcome.sha)) return command;
  const head = headSha.slice(0, 12);
  const reason = md`${codeSpan(`sha:${outcome.sha}`)} is not what would be built: the head of this pull request was ${codeSpan(head)} when the command was typed. Look at what was pushed, then type it with ${codeSpan(`sha:${head}`)}.`;
  return { ...command, outcome: { kind: 'refused', reason } };
}

/** A build of which nobody can tell any more which commit was looked at. */
export function refuseUnknown<T extends PlannedCommand>(command: T): T {
  const reason = md`so many commits were pushed since it was typed that its own is not known any more. Look at what was pushed, then type it again.`;
  return { ...command, outcome: { kind: 'refused', reason } };
}
