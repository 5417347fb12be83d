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
import { type HeardNearMiss, instanceFiltersOf, type ParsedComment, type TypedCommand } from './parse-comment.ts';
import { type Usage, withinLimits } from './within-limits.ts';

/** What has to be known of the outside, to decide upon a comment. */
export interface Facts {
  /** Of each command, whether this instance has what it is about; absent: of all. */
  readonly whose?: readonly Whose[];
  /** Of the App, `SLUG[bot]`; undefined where no bot sent the comment. */
  readonly ownLogin?: string;
  /** Undefined where nothing is limited. */
  readonly usage?: Usage;
  /** What this instance has built of the pull request, in order; undefined where no command needs it. */
  readonly built?: readonly BuiltJob[];
  /** Undefined where nothing is built, or GitHub could not tell of the pull request. */
  readonly place?: Place;
}

/** Which commit builds are of, and where they lie. */
export interface Place {
  readonly delivery: string;
  /** With the head of when the command was typed; of a button, with the newest that is known. `unknown head`: too many pushes followed. */
  readonly pullRequest: PullRequest | 'gone' | 'unknown head';
  /** Nobody has typed it. */
  readonly isOfButton?: boolean;
  readonly pullRequestDir: string;
  /** As in {@link Facts}. */
  readonly built: readonly BuiltJob[];
  /** Jobs of which it is not known what they build. */
  readonly unread?: readonly string[];
  /** Number of the first run of this delivery that nobody has begun. */
  readonly firstRun: number;
}

type Decided = Pick<WrittenPlan, 'commands' | 'reactions' | 'unplaced'>;

export type CommentPlan = Extract<ParsedComment, { kind: 'ignored' }> | ({ readonly kind: 'planned' } & Decided);

/** Decides what becomes of a comment. Where the place of its builds is not known, {@link placeBuilds} completes the plan. */
export function planComment(parsed: ParsedComment, facts: Facts, settings: Settings): CommentPlan {
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
    return { kind: 'ignored', why: 'Its commands are about what other instances have.' };
  const commands = facts.usage ? withinLimits(asked, facts.usage, settings.control.limits, login) : asked;
  if (facts.place) return { kind: 'planned', ...placeBuilds(commands, facts.place, settings) };
  return {
    kind: 'planned',
    ...decided(commands, settings),
    ...(commands.some(({ outcome }) => wantedBy(outcome) !== undefined) && { unplaced: true }),
  };
}

/** Gives each build its commit and its directory: they stay the same however often the plan is carried out. */
export function placeBuilds(commands: readonly PlannedCommand[], place: Place, settings: Settings): Decided {
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

/** `sha`: what the commit has to begin with. */
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

/** What a command has built, or explains; undefined: it is of no commit. */
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

/** Nothing is done of it. Where it may be meant for any instance one line of each would be too much: a reaction tells. */
function planNearMiss({ line, typed, parsed, isNamed }: HeardNearMiss, settings: Settings): PlannedCommand {
  const works = parsed.kind === 'command' ? typed : exampleFor(typed, parsed.about, settings);
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
  if (parsed.kind === 'misunderstood')
    return { kind: 'misunderstood', reason: parsed.reason, example: exampleFor(typed, parsed.about, settings) };
  if (whose.kind === 'nothing-matches') return whose;
  const decision = commandNamed(parsed.name).plan(parsed, settings, built);
  if (decision.kind !== 'nothing-matches') return decision;
  const { reason, isMeant } = decision;
  const isOurs = isMeant || instanceFiltersOf(parsed).length > 0;
  return {
    kind: isOurs ? 'refused' : 'nothing-matches',
    reason,
    example: exampleFor(typed, parsed.name, settings),
  };
}

const decided = (commands: readonly PlannedCommand[], settings: Settings): Decided => ({
  commands,
  reactions: reactionsTo(commands, settings),
});

/** What shows at once that the comment was read, and whether all of it makes sense. */
function reactionsTo(commands: readonly PlannedCommand[], settings: Settings): Decided['reactions'] {
  if (settings.control.chatLevel === 'incognito') return [];
  const seen: Decided['reactions'] = commands.every(({ outcome }) => outcome.kind === 'near-miss') ? [] : ['eyes'];
  return commands.some(isConfusing) ? [...seen, 'confused'] : seen;
}

function isConfusing({ outcome }: PlannedCommand): boolean {
  if (isKept(outcome)) return commandNamed(outcome.kind).isPartlyRefused?.(outcome) ?? false;
  return outcome.kind !== 'left-to-others';
}
