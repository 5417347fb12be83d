import { md } from '../../messages/markdown.ts';
import type { Markdown, Reaction } from '../../outside/github/github.ts';
import { type Account, mayBuild, mayCommand } from '../../permissions.ts';
import type { Generation, NodeType, Settings } from '../../settings/settings.ts';
import { type BuildTarget, chooseTargets, type RefusedTarget } from './choose-targets.ts';
import { explainMismatch, filterParts, type Mismatch } from './explain-mismatch.ts';
import { type Filter, matcherOf } from './filter.ts';
import { findCommands } from './find-commands.ts';
import { type Command, type CommandName, type ParsedCommand, parseCommand } from './parse-command.ts';
import { type Affordable, affordable, instanceWordsOf, maxSteps } from './pattern-cost.ts';
import { selectNodeTypes } from './select-node-types.ts';
import { pairs, searchable } from './site-targets.ts';

/** A comment as its delivery tells it. */
export interface ReceivedComment {
  readonly id: number;
  readonly body: string;
  readonly senderLogin: string;
  readonly senderId?: number;
  readonly senderIsBot: boolean;
  /** The App through which its author sent it, as in the App's address; `undefined` of what was typed on GitHub. */
  readonly viaApp?: string;
  readonly isPullRequest: boolean;
  /** `created`, `edited`, … */
  readonly action: string;
}

export type Outcome =
  /** Another instance is meant: nothing is shown of it. */
  | { readonly kind: 'left-to-others' }
  | { readonly kind: 'misunderstood'; readonly reason: Markdown }
  | { readonly kind: 'no-permission'; readonly which: 'command' | 'build' }
  | { readonly kind: 'refused'; readonly reason: Markdown }
  /** Nothing of the command is here, so another instance may be meant: said at chat level chatty only (D7a). */
  | { readonly kind: 'nothing-matches' }
  | { readonly kind: 'help' }
  | { readonly kind: 'show_config'; readonly nodeTypes: readonly NodeType[] }
  | { readonly kind: 'status'; readonly lastBuild: boolean; readonly filters: readonly Filter[] }
  | {
      readonly kind: 'build';
      readonly targets: readonly BuildTarget[];
      readonly refusedTargets: readonly RefusedTarget[];
      /** Why parts of `for:` have no target. */
      readonly unmatched?: readonly Markdown[];
      /** The commit has to begin with this, else nothing is built. */
      readonly sha?: string;
    };

export interface PlannedCommand {
  /** What stands after `bot:`. */
  readonly typed: string;
  /** Absent for those that were not understood. */
  readonly command?: { readonly name: CommandName; readonly expanded: string };
  readonly outcome: Outcome;
}

export type CommentPlan =
  /** `why`: for the log. */
  | { readonly kind: 'ignored'; readonly why: string }
  | { readonly kind: 'planned'; readonly commands: readonly PlannedCommand[] };

/** Decides what becomes of a comment, but for the limits (within-limits.ts). `ownLogin`: the App's own, `SLUG[bot]`. */
export function planComment(input: {
  readonly comment: ReceivedComment;
  readonly ownLogin: string;
  readonly settings: Settings;
}): CommentPlan {
  const { comment, ownLogin, settings } = input;
  const why = whyIgnored(comment, ownLogin, settings);
  if (why !== undefined) return { kind: 'ignored', why };
  const typed = findCommands(comment.body, settings.generation);
  if (typed.length === 0) return { kind: 'ignored', why: 'The comment has no command.' };
  const affords = affordable(typed);
  const sender = senderOf(comment);
  const commands = typed.map((text, index) => planCommand(text, affords[index] ?? 'nothing', sender, settings));
  if (commands.every(({ outcome }) => outcome.kind === 'left-to-others')) {
    return { kind: 'ignored', why: 'All its commands are for other instances.' };
  }
  return { kind: 'planned', commands };
}

function whyIgnored(comment: ReceivedComment, ownLogin: string, settings: Settings): string | undefined {
  const { action, isPullRequest, senderLogin } = comment;
  if (action !== 'created') return `The comment was ${action}; only new ones are read.`;
  if (!isPullRequest) return 'The comment is on an issue, not on a pull request.';
  if (senderLogin.toLowerCase() === ownLogin.toLowerCase()) return 'The comment is our own.';
  const { viaApp } = comment;
  const isAllowed = settings.control.allowedApps.some((app) => app.toLowerCase() === viaApp?.toLowerCase());
  const isBot = comment.senderIsBot || senderLogin.toLowerCase().endsWith('[bot]');
  if (isBot && !mayCommand(senderOf(comment), settings))
    return 'The comment is by a bot that is not in command_permission.';
  if (!isBot && viaApp !== undefined && !isAllowed)
    return `The comment was sent through the App ${viaApp}, which is not in allowed_apps.`;
  return undefined;
}

const senderOf = ({ senderLogin, senderId }: ReceivedComment): Account => ({
  login: senderLogin,
  ...(senderId !== undefined && { id: senderId }),
});

function planCommand(typed: string, affords: Affordable, sender: Account, settings: Settings): PlannedCommand {
  if (affords === 'nothing') return { typed, outcome: { kind: 'left-to-others' } };
  const parsed =
    affords === 'all' ? parseCommand(typed, settings.generation) : tooManyPatterns(typed, settings.generation);
  const outcome = outcomeOf(parsed, sender, settings);
  if (parsed.kind === 'misunderstood') return { typed, outcome };
  return { typed, command: { name: parsed.name, expanded: parsed.expanded }, outcome };
}

/** All that is known of it is whom it is for. */
function tooManyPatterns(typed: string, generation: Generation): ParsedCommand {
  const named = parseCommand(['help', ...instanceWordsOf(typed)].join(' '), generation);
  const reason = md`The patterns of this comment's commands, down to this one, have more than ${maxSteps} steps in all. Put it into another comment.`;
  const instanceFilters = named.kind === 'command' ? named.filters : named.instanceFilters;
  return { kind: 'misunderstood', reason, instanceFilters };
}

function outcomeOf(parsed: ParsedCommand, sender: Account, settings: Settings): Outcome {
  const named = instanceFiltersOf(parsed);
  const isOurs = matcherOf(named)({ instance: settings.github.appName });
  if (!isOurs) return { kind: 'left-to-others' };
  if (!mayCommand(sender, settings)) return { kind: 'no-permission', which: 'command' };
  if (parsed.kind === 'misunderstood') return { kind: 'misunderstood', reason: parsed.reason };
  const nothing = ({ reason, isMeant }: Mismatch): Outcome =>
    isMeant || named.length > 0 ? { kind: 'refused', reason } : { kind: 'nothing-matches' };
  switch (parsed.name) {
    case 'help':
      return { kind: 'help' };
    case 'status':
      return { kind: 'status', lastBuild: parsed.lastBuild, filters: parsed.filters };
    case 'show_config': {
      const nodeTypes = selectNodeTypes(parsed.filters, settings);
      if (nodeTypes.length === 0 && parsed.filters.length > 0) return nothing(nothingToShow(parsed, settings));
      return { kind: 'show_config', nodeTypes };
    }
    case 'build': {
      if (!mayBuild(sender, settings)) return { kind: 'no-permission', which: 'build' };
      const chosen = chooseTargets(parsed, settings);
      if (chosen.kind === 'nothing-matches') return nothing(chosen);
      if (chosen.kind === 'refused') return chosen;
      const { targets, refused: refusedTargets, unmatched } = chosen;
      const sha = parsed.sha === undefined ? {} : { sha: parsed.sha };
      return { kind: 'build', targets, refusedTargets, ...(unmatched.length > 0 && { unmatched }), ...sha };
    }
  }
}

function instanceFiltersOf(parsed: ParsedCommand): readonly Filter[] {
  if (parsed.kind === 'misunderstood') return parsed.instanceFilters;
  return [...(parsed.on ?? []), ...parsed.filters].filter(({ component }) => component === 'instance');
}

function nothingToShow({ filters, expanded }: Command, { generation, github, nodeTypes }: Settings): Mismatch {
  const targets = pairs(nodeTypes).map((pair) => ({
    ...searchable(pair),
    ...(generation !== '9' && { architecture: pair.nodeType.name }),
  }));
  return explainMismatch(filterParts(filters, targets, github.appName), expanded, github.appName);
}

/** What shows at once that the comment was read, and whether all of it makes sense. */
export function reactionsTo(commands: readonly PlannedCommand[], settings: Settings): readonly Reaction[] {
  if (settings.control.chatLevel === 'incognito') return [];
  return commands.some(isConfusing) ? ['eyes', 'confused'] : ['eyes'];
}

function isConfusing({ outcome }: PlannedCommand): boolean {
  switch (outcome.kind) {
    case 'misunderstood':
    case 'no-permission':
    case 'refused':
    case 'nothing-matches':
      return true;
    case 'build':
      return outcome.refusedTargets.length > 0 || outcome.unmatched !== undefined;
    default:
      return false;
  }
}
