import { codeSpan } from '../../messages/escape-markdown.ts';
import { failureComment } from '../../messages/failure-comment.ts';
import { helpText } from '../../messages/help.ts';
import { parseJobComments } from '../../messages/job-comments.ts';
import type { Saying } from '../../messages/least-chat-level.ts';
import { md } from '../../messages/markdown.ts';
import { noBuildPermission } from '../../messages/no-permission.ts';
import type { CommandResult, ResponseItem } from '../../messages/response.ts';
import { showConfig } from '../../messages/show-config.ts';
import { lastBuilds, renderStatus } from '../../messages/status.ts';
import type { Comment, Markdown } from '../../outside/forge/forge.ts';
import type { Settings } from '../../settings/settings.ts';
import { selectBuilds } from '../commands/select-builds.ts';
import type { BuildOutcome } from '../submit/build-command.ts';
import type { Outcome, PlannedCommand, WrittenPlan } from './kept-plan.ts';

export interface Answer {
  /** A comment of its own. */
  readonly comment?: { readonly saying: Saying; readonly body: Markdown };
  readonly result: CommandResult;
}

/** What had to be done, or read, before a command can be answered. */
export interface Done {
  /** Of a build that has a place. */
  readonly built?: BuildOutcome;
  /** Of the pull request, for `status`. */
  readonly comments?: readonly Comment[];
}

/** How a command is answered; undefined where the response has all that is said of it. */
export function planAnswer(
  { command, outcome }: PlannedCommand,
  { built, comments = [] }: Done,
  sender: string,
  settings: Settings,
): Answer | undefined {
  const { dialect, github, texts } = settings;
  const name = command?.name ?? 'help';
  switch (outcome.kind) {
    case 'left-to-others':
    case 'misunderstood':
      return undefined;
    case 'no-permission': {
      if (outcome.which === 'command') return undefined;
      const body = noBuildPermission(sender, texts);
      if (body.trim() === '') return { result: { kind: 'no-build-permission' } };
      return inComment('no build permission', body, 'build');
    }
    case 'refused':
      return { result: { kind: 'failed', command: name, reason: outcome.reason } };
    case 'nothing-matches':
      return { result: { kind: 'nothing', command: name === 'help' ? 'build' : name } };
    case 'help':
      return { result: { kind: 'help', text: helpText(dialect) } };
    case 'show_config':
      return inComment('show_config', showConfig(github.appName, outcome.nodeTypes, dialect), 'show_config');
    case 'status': {
      const { filters, lastBuild } = outcome;
      const builds = selectBuilds(filters, parseJobComments(comments, texts), github.appName);
      const form = { dialect, hasCommits: Boolean(texts.commitSha) };
      const body = renderStatus(lastBuild ? lastBuilds(builds) : builds, form, filters.length > 0);
      return inComment('status', body, 'status');
    }
    case 'build':
      return answerBuild(outcome, built, texts);
  }
}

const inComment = (saying: Saying, body: Markdown, command: 'build' | 'show_config' | 'status'): Answer => ({
  comment: { saying, body },
  result: { kind: 'nothing', command },
});

function answerBuild(
  { targets, refusedTargets, unmatched = [] }: Extract<Outcome, { kind: 'build' }>,
  built: BuildOutcome | undefined,
  texts: Settings['texts'],
): Answer {
  const failures = [
    ...unmatched,
    ...refusedTargets.map(
      ({ target, reason }) =>
        md`no job for ${codeSpan(target.repositoryId)} on ${codeSpan(target.nodeType.name)}: ${reason}`,
    ),
  ];
  if (built?.kind === 'built')
    return { result: { kind: 'build', jobs: built.jobs, failures: [...failures, ...built.failures] } };
  const refused = { kind: 'build', jobs: [], failures } as const;
  if (built !== undefined) {
    const body = failureComment(built.failure.step, built.failure.message, texts);
    const told = inComment('download failure', body, 'build');
    return failures.length > 0 ? { ...told, result: refused } : told;
  }
  if (targets.length === 0) return { result: refused };
  const reason = md`GitHub no longer shows this pull request to the bot`;
  return { result: { kind: 'failed', command: 'build', reason } };
}

/** What the response tells of each command; the missing permission is told once. */
export function responseItems({ commands, waitsFor }: WrittenPlan): readonly ResponseItem[] {
  const items: ResponseItem[] = [];
  for (const { typed, command, outcome, result } of commands) {
    if (outcome.kind === 'left-to-others') continue;
    if (outcome.kind === 'no-permission' && outcome.which === 'command') {
      if (!items.some(({ kind }) => kind === 'no-command-permission')) items.push({ kind: 'no-command-permission' });
    } else if (outcome.kind === 'misunderstood') {
      items.push({ kind: 'misunderstood', typed, reason: outcome.reason });
    } else {
      const progress = result !== undefined ? { result } : waitsFor !== undefined ? { waitsFor } : {};
      items.push({ kind: 'received', typed, expanded: command?.expanded ?? typed, ...progress });
    }
  }
  return items;
}

/** The plan that tells what is left of it waits, and why; undefined where that was told. */
export function planToWait(plan: WrittenPlan, waitsFor: Markdown): WrittenPlan | undefined {
  const isTold = plan.shown !== undefined && plan.waitsFor !== undefined;
  return isTold && withoutNumbers(plan.waitsFor) === withoutNumbers(waitsFor) ? undefined : { ...plan, waitsFor };
}

/** After so many milliseconds, or of so many bytes, it is the same reason. */
const withoutNumbers = (text: string) => text.replaceAll(/\d+/g, '');

/** The plan that tells what is left of it will not be carried out, since it failed again and again. */
export function planToGiveUp(plan: WrittenPlan): WrittenPlan {
  const reason = md`something went wrong on this bot's side, again and again; its admin finds the reason in the log, under ${codeSpan(plan.delivery)}`;
  const commands = plan.commands.map((each): PlannedCommand => {
    const isOpen = each.result === undefined && each.command !== undefined && each.outcome.kind !== 'left-to-others';
    return isOpen ? { ...each, result: { kind: 'failed', command: each.command.name, reason }, givenUp: true } : each;
  });
  return { ...plan, commands, reactions: ['confused'], reacted: false };
}

/** The plan to carry out: what was given up is open again, since the delivery was put back. */
export function planToGoOn(plan: WrittenPlan): WrittenPlan {
  const commands = plan.commands.map(
    ({ givenUp, result, ...open }): PlannedCommand => (givenUp || result === undefined ? open : { ...open, result }),
  );
  return { ...plan, commands };
}
