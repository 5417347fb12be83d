import { runDirectory } from '../../jobs/directories.ts';
import { codeSpan } from '../../messages/escape-markdown.ts';
import { md } from '../../messages/markdown.ts';
import { nearMiss } from '../../messages/near-miss.ts';
import type { Markdown, PullRequest } from '../../outside/forge/forge.ts';
import type { Settings } from '../../settings/settings.ts';
import type { BuiltJob } from '../commands/built-jobs.ts';
import type { Whose } from '../commands/command.ts';
import { commandNamed, isKept } from '../commands/commands.ts';
import { exampleFor } from './example-for.ts';
import type { Outcome, PlannedCommand, WrittenPlan } from './kept-plan.ts';
import { instanceFiltersOf } from './parse-command.ts';
import type { HeardNearMiss, ParsedComment, TypedCommand } from './parse-comment.ts';
import { type Usage, withinLimits } from './within-limits.ts';

/** The facts that planning a comment needs. */
export interface CommentFacts {
  /** For each command whether it is about something of this instance; absent: all are. */
  readonly whose?: readonly Whose[];
  /** Our App's account, `SLUG[bot]`; undefined if no bot sent the comment. */
  readonly ownLogin?: string;
  /** Undefined if no limits are set. */
  readonly usage?: Usage;
  /** This instance's jobs of the pull request, in order; undefined if no command needs them. */
  readonly built?: readonly BuiltJob[];
  /** Undefined if nothing is built, or GitHub could not be asked for the pull request. */
  readonly place?: BuildPlace;
}

/** The commit of builds, and their directory. */
export interface BuildPlace {
  readonly delivery: string;
  /** With the head when the command was typed; for a button, the newest known one. `unknown head`: too many pushes followed. */
  readonly pullRequest: PullRequest | 'gone' | 'unknown head';
  /** A button was pressed; nothing was typed. */
  readonly isOfButton?: boolean;
  readonly pullRequestDir: string;
  /** As in {@link CommentFacts}. */
  readonly built: readonly BuiltJob[];
  /** Jobs whose records cannot be read. */
  readonly unread?: readonly string[];
  /** The first run number of this delivery that is free. */
  readonly firstRun: number;
}

type Decided = Pick<WrittenPlan, 'commands' | 'reactions' | 'unplaced'>;

export type CommentPlan = Extract<ParsedComment, { kind: 'ignored' }> | ({ readonly kind: 'planned' } & Decided);

/** Plans a comment. If the place of its builds is not known yet, {@link placeBuilds} completes the plan later. */
export function planComment(parsed: ParsedComment, facts: CommentFacts, settings: Settings): CommentPlan {
  if (parsed.kind === 'ignored') return parsed;
  const { login } = parsed.sender;
  if (login.toLowerCase() === facts.ownLogin?.toLowerCase()) return { kind: 'ignored', why: 'The comment is our own.' };
  const asked = [
    ...parsed.commands.map((each, index) =>
      planCommand(each, facts.whose?.[index] ?? ours, settings, facts.built ?? []),
    ),
    ...parsed.nearMisses.map((each) => planNearMiss(each, settings)),
  ];
  if (asked.every(({ outcome }) => outcome.kind === 'left-to-others'))
    return { kind: 'ignored', why: 'Its commands are about jobs of other instances.' };
  const commands = facts.usage ? withinLimits(asked, facts.usage, settings.control.limits, login) : asked;
  if (facts.place) return { kind: 'planned', ...placeBuilds(commands, facts.place, settings) };
  return {
    kind: 'planned',
    ...decided(commands, settings),
    ...(commands.some(({ outcome }) => wantedBy(outcome) !== undefined) && { unplaced: true }),
  };
}

/** Gives each build its commit and its directory. They are in the plan, so that a retry uses the same. */
export function placeBuilds(commands: readonly PlannedCommand[], place: BuildPlace, settings: Settings): Decided {
  const { pullRequest, pullRequestDir, delivery } = place;
  if (pullRequest === 'gone') return decided(commands, settings);
  let run = place.firstRun;
  const placed = commands.map((command): PlannedCommand => {
    const { outcome } = command;
    const wanted = wantedBy(outcome);
    if (wanted === undefined) return command;
    const reason = whyNotBuilt(command, wanted.sha, pullRequest, place.isOfButton);
    if (reason !== undefined) return { ...command, outcome: { kind: 'refused', reason } };
    if (pullRequest === 'unknown head') return command;
    const commit = pullRequest.headSha;
    const unread = place.unread?.length ? { unread: place.unread } : {};
    const left = {
      ...(commandNamed(wanted.kind).leftToBuild?.(wanted, commit, place.built, settings) ?? wanted),
      ...unread,
    };
    if (outcome.kind === 'explain') return { ...command, outcome: explaining(outcome, left, commit) };
    if ('targets' in left && left.targets.length === 0) return { ...command, outcome: left };
    return {
      ...command,
      outcome: left,
      build: { pullRequest, pullRequestDir, runDir: runDirectory(pullRequestDir, delivery, run++) },
    };
  });
  return decided(placed, settings);
}

/** `sha`: the commit has to begin with this. */
function whyNotBuilt(
  { command, typed }: PlannedCommand,
  sha: string | undefined,
  pullRequest: PullRequest | 'unknown head',
  isOfButton: boolean | undefined,
): Markdown | undefined {
  if (pullRequest === 'unknown head')
    return md`so many commits were pushed since it was typed that its own is not known any more. Look at what was pushed, then type it again.`;
  if (sha === undefined || pullRequest.headSha.startsWith(sha)) return undefined;
  const head = pullRequest.headSha.slice(0, 12);
  const notThat = md`${codeSpan(`sha:${sha}`)} is not what would be built: the head of this pull request`;
  if (!isOfButton)
    return md`${notThat} was ${codeSpan(head)} when the command was typed. Look at what was pushed, then type it with ${codeSpan(`sha:${head}`)}.`;
  const again = (command?.expanded ?? typed).replace(`sha:${sha}`, `sha:${head}`);
  return md`${notThat} is ${codeSpan(head)} by now. Look at what was pushed, then type ${codeSpan(`bot: ${again}`)}.`;
}

/** The build that a command orders or explains; undefined: none, so it needs no commit. */
function wantedBy(outcome: Outcome) {
  const wanted = outcome.kind === 'explain' ? outcome.of : outcome;
  return 'targets' in wanted && wanted.targets.length > 0 ? wanted : undefined;
}

const explaining = (outcome: Extract<Outcome, { kind: 'explain' }>, left: Outcome, commit: string): Outcome => ({
  ...outcome,
  ...('targets' in left && { of: left }),
  commit,
});

const ours: Whose = { kind: 'ours' };

function planCommand(
  command: TypedCommand,
  whose: Whose,
  settings: Settings,
  built: readonly BuiltJob[],
): PlannedCommand {
  const { typed, parsed } = command;
  const outcome =
    whose.kind === 'left-to-others'
      ? ({ kind: 'left-to-others' } as const)
      : outcomeOf(command, whose, settings, built);
  if (parsed.kind === 'misunderstood') return { typed, outcome };
  return { typed, command: { name: parsed.name, expanded: parsed.expanded }, outcome };
}

/** A near miss is not carried out. If any instance may be meant, only a reaction shows it: a line from each would be too much. */
function planNearMiss({ line, typed, parsed, isNamed }: HeardNearMiss, settings: Settings): PlannedCommand {
  const works = parsed.kind === 'command' ? typed : exampleFor(parsed.meant ?? typed, parsed.about, settings);
  return { typed: line, outcome: { kind: 'near-miss', ...(isNamed && { line: nearMiss(line, works) }) } };
}

function outcomeOf(
  { typed, parsed, heard }: TypedCommand,
  whose: Whose,
  settings: Settings,
  built: readonly BuiltJob[],
): Outcome {
  if (heard === 'for others') return { kind: 'left-to-others' };
  if (heard === 'no command permission') return { kind: 'no-permission', which: 'command' };
  if (heard === 'no build permission') return { kind: 'no-permission', which: 'build' };
  if (parsed.kind === 'misunderstood') {
    const { reason, about, meant = typed } = parsed;
    return { kind: 'misunderstood', reason, example: exampleFor(meant, about, settings) };
  }
  if (whose.kind === 'nothing-matches' || whose.kind === 'refused') return whose;
  const decision = commandNamed(parsed.name).plan(parsed, settings, built);
  if (decision.kind !== 'nothing-matches') return decision;
  const { reason, isMeant, instead = typed.trim() } = decision;
  const isOurs = isMeant || instanceFiltersOf(parsed).length > 0;
  return {
    kind: isOurs ? 'refused' : 'nothing-matches',
    reason,
    example: exampleFor(instead, parsed.name, settings, built),
  };
}

const decided = (commands: readonly PlannedCommand[], settings: Settings): Decided => ({
  commands,
  reactions: reactionsTo(commands, settings),
});

/** The reactions that show at once that the comment was read, and whether all of it was understood. */
function reactionsTo(commands: readonly PlannedCommand[], settings: Settings): Decided['reactions'] {
  if (settings.control.chatLevel === 'incognito') return [];
  const seen: Decided['reactions'] = commands.every(({ outcome }) => outcome.kind === 'near-miss') ? [] : ['eyes'];
  return commands.some(isConfusing) ? [...seen, 'confused'] : seen;
}

function isConfusing({ outcome }: PlannedCommand): boolean {
  if (isKept(outcome)) return commandNamed(outcome.kind).isPartlyRefused?.(outcome) ?? false;
  return outcome.kind !== 'left-to-others';
}
