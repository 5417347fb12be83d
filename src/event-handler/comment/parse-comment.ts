import { md } from '../../messages/markdown.ts';
import { type Account, mayBuild, mayCommand } from '../../permissions.ts';
import type { Dialect } from '../../settings/dialects.ts';
import type { Settings } from '../../settings/settings.ts';
import { matcherOf } from '../arguments/filter.ts';
import { commandNamed } from '../commands/commands.ts';
import { type CommentRoute, type Sender, senderOf } from '../events/route.ts';
import { findCommands } from './find-commands.ts';
import { findNearMisses, type NearMiss } from './find-near-misses.ts';
import { instanceFiltersOf, type ParsedCommand, parseCommand } from './parse-command.ts';
import { type Affordable, affordable, instanceWordsOf, maxSteps } from './pattern-cost.ts';

export interface TypedCommand {
  /** The text after `bot:`. */
  readonly typed: string;
  readonly parsed: ParsedCommand;
  /** Whether this instance is meant, and the sender has the permission. */
  readonly heard: 'for others' | 'no command permission' | 'no build permission' | 'heard';
}

export type ParsedComment =
  /** `why`: for the log. */
  | { readonly kind: 'ignored'; readonly why: string }
  | {
      readonly kind: 'commands';
      readonly sender: Account;
      readonly commands: readonly TypedCommand[];
      /** Lines that were probably meant as commands, if the sender may command. */
      readonly nearMisses: readonly HeardNearMiss[];
    };

export interface HeardNearMiss extends NearMiss {
  readonly parsed: ParsedCommand;
  /** It names this instance; else any may be meant. */
  readonly isNamed: boolean;
}

/** The commands of a comment, and for each whether it is heard. */
export function parseComment(comment: CommentRoute, settings: Settings): ParsedComment {
  const why = whyIgnored(comment, settings);
  if (why !== undefined) return { kind: 'ignored', why };
  const lines = findCommands(comment.comment.body, settings.dialect);
  const sender = senderOf(comment);
  const near = isHeardOut(comment, settings) ? findNearMisses(comment.comment.body, settings.dialect) : [];
  if (lines.length + near.length === 0) return { kind: 'ignored', why: 'The comment has no command.' };
  const affords = affordable([...lines, ...near.map(({ typed }) => typed)]);
  const commands = lines.map((typed, index): TypedCommand => {
    const parsed = parseAffordable(typed, affords[index] ?? 'nothing', settings.dialect);
    return parsed === 'unread' ? { typed, ...unread } : { typed, parsed, heard: hear(parsed, sender, settings) };
  });
  const nearMisses = near.flatMap((each, index): HeardNearMiss[] => {
    const parsed = parseAffordable(each.typed, affords[lines.length + index] ?? 'nothing', settings.dialect);
    if (parsed === 'unread' || hear(parsed, sender, settings) === 'for others') return [];
    return [{ ...each, parsed, isNamed: instanceFiltersOf(parsed).length > 0 }];
  });
  if (nearMisses.length === 0 && commands.every(({ heard }) => heard === 'for others'))
    return { kind: 'ignored', why: 'All its commands are for other instances.' };
  return { kind: 'commands', sender, commands, nearMisses };
}

/** A command that came from a button. */
export function commandGiven(by: Sender, typed: string, parsed: ParsedCommand, settings: Settings): ParsedComment {
  const sender = senderOf(by);
  if (by.senderIsBot && !mayCommand(sender, settings)) return { kind: 'ignored', why: byBot };
  return {
    kind: 'commands',
    sender,
    commands: [{ typed, parsed, heard: hear(parsed, sender, settings) }],
    nearMisses: [],
  };
}

const byBot = 'The comment is by a bot that is not in command_permission.';

function whyIgnored(comment: CommentRoute, settings: Settings): string | undefined {
  const { action, isPullRequest, senderIsBot, viaApp } = comment;
  if (action !== 'created') return `The comment was ${action}; only new ones are read.`;
  if (!isPullRequest) return 'The comment is on an issue, not on a pull request.';
  const isAllowed = settings.control.allowedApps.some((app) => app.toLowerCase() === viaApp?.toLowerCase());
  if (senderIsBot && !mayCommand(senderOf(comment), settings)) return byBot;
  if (!senderIsBot && viaApp !== undefined && !isAllowed)
    return `The comment was sent through the App ${viaApp}, which is not in allowed_apps.`;
  return undefined;
}

/** Whether near misses are looked for: not for bots, which do not misspell, and not for accounts that may not command. */
const isHeardOut = (comment: CommentRoute, settings: Settings) =>
  !comment.senderIsBot && mayCommand(senderOf(comment), settings);

/** It is not known which instance is meant: the patterns of `instance:` have too many steps. */
const unread = {
  parsed: { kind: 'misunderstood', reason: md``, instanceFilters: [] },
  heard: 'for others',
} as const;

function parseAffordable(typed: string, affords: Affordable, dialect: Dialect): ParsedCommand | 'unread' {
  if (affords === 'nothing') return 'unread';
  if (affords === 'all') return parseCommand(typed, dialect);
  const named = parseCommand(['help', ...instanceWordsOf(typed)].join(' '), dialect);
  const reason = md`The patterns of this comment's commands, down to this one, have more than ${maxSteps} steps in all. Put it into another comment.`;
  return { kind: 'misunderstood', reason, instanceFilters: instanceFiltersOf(named) };
}

function hear(parsed: ParsedCommand, sender: Account, settings: Settings): TypedCommand['heard'] {
  if (!matcherOf(instanceFiltersOf(parsed))({ instance: settings.appName })) return 'for others';
  if (!mayCommand(sender, settings)) return 'no command permission';
  return needsBuildPermission(parsed) && !mayBuild(sender, settings) ? 'no build permission' : 'heard';
}

const needsBuildPermission = (parsed: ParsedCommand) =>
  parsed.kind === 'command' && commandNamed(parsed.name).permission === 'build';

/** Whether it orders jobs, or explains which it would order. */
export function isAboutNewJobs(parsed: ParsedCommand): boolean {
  if (parsed.kind === 'misunderstood') return false;
  const command = commandNamed((parsed.explains ?? parsed).name);
  return command?.permission === 'build' && !command.buildsNothing;
}
