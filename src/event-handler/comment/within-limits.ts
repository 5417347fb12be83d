import { codeSpan, escapeMarkdown } from '../../messages/escape-markdown.ts';
import { md } from '../../messages/markdown.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import type { Limits } from '../../settings/settings.ts';
import type { Outcome, PlannedCommand } from './kept-plan.ts';

/** What was had of the bot before a comment. */
export interface Had {
  /** Jobs that have not ended, those that are ordered and not submitted yet among them. */
  readonly waitingJobs: number;
  /** When the commands of the hour before were typed. */
  readonly commandsAt: readonly Date[];
}

/** What is counted against the limits of a comment that was typed `at`. */
export interface Usage {
  readonly at: Date;
  /** By the account, on all pull requests. */
  readonly user: Had;
  /** By all accounts, on this pull request. */
  readonly pullRequest: Had;
}

export const hourMilliseconds = 3_600_000;

/** Whether there is anything to count. */
export const isLimited = (limits: Limits) => Object.values(limits).some((limit) => limit > 0);

/** Commands that count: those that this instance answers, of those who may give them. Refused ones count too. */
const isCounted = ({ outcome }: PlannedCommand) =>
  outcome.kind !== 'left-to-others' && outcome.kind !== 'no-permission' && outcome.kind !== 'near-miss';

const jobsOf = (outcome: Outcome | Extract<Outcome, { kind: 'explain' }>['of']) =>
  'targets' in outcome ? outcome.targets.length : 0;

/** The commands of a comment, where those beyond a limit are refused, with the reason and when there is room again. */
export function withinLimits(
  commands: readonly PlannedCommand[],
  { at, user, pullRequest }: Usage,
  limits: Limits,
  sender: string,
): readonly PlannedCommand[] {
  const scopes: readonly Scope[] = [
    {
      whose: md`one account`,
      who: codeSpan(sender),
      had: user,
      commands: limits.commandsPerHourPerUser,
      jobs: limits.waitingJobsPerUser,
    },
    {
      whose: md`one pull request`,
      who: md`this one`,
      had: pullRequest,
      commands: limits.commandsPerHourPerPullRequest,
      jobs: limits.waitingJobsPerPullRequest,
    },
  ];
  let counted = 0;
  let ordered = 0;
  return commands.map((command) => {
    if (!isCounted(command)) return command;
    counted++;
    const { outcome } = command;
    const wanted = jobsOf(outcome.kind === 'explain' ? outcome.of : outcome);
    const reason =
      scopes.map((scope) => tooManyCommands(scope, counted, at)).find((found) => found !== undefined) ??
      scopes.map((scope) => tooManyJobs(scope, ordered, wanted)).find((found) => found !== undefined);
    if (reason !== undefined) return { ...command, outcome: { kind: 'refused', reason } };
    ordered += jobsOf(outcome);
    return command;
  });
}

interface Scope {
  readonly whose: Markdown;
  readonly who: Markdown;
  readonly had: Had;
  readonly commands: number;
  readonly jobs: number;
}

function tooManyCommands({ whose, who, had, commands }: Scope, counted: number, at: Date): Markdown | undefined {
  const times = [...had.commandsAt, ...Array.from({ length: counted }, () => at)].toSorted((a, b) => +a - +b);
  const lastInTheWay = times[times.length - commands];
  if (commands === 0 || times.length <= commands || lastInTheWay === undefined) return undefined;
  const again = new Date(lastInTheWay.getTime() + hourMilliseconds).toISOString().slice(11, 16);
  const number = commands === 1 ? md`1 command` : md`${commands} commands`;
  return md`this bot takes ${number} an hour from ${whose}, and ${who} has had them, refused ones included; type it again after ${escapeMarkdown(again)} UTC`;
}

function tooManyJobs({ whose, who, had, jobs }: Scope, ordered: number, wanted: number): Markdown | undefined {
  const waiting = had.waitingJobs + ordered;
  if (jobs === 0 || wanted === 0 || waiting + wanted <= jobs) return undefined;
  const number = jobs === 1 ? md`1 job that waits or runs` : md`${jobs} jobs that wait or run`;
  const has = md`this bot lets ${whose} have ${number}; ${who} has ${waiting}, and this command asks for ${wanted}`;
  const next = wanted > jobs ? md`ask for fewer by filters` : md`type it again when enough of them have ended`;
  return md`${has}: ${next}`;
}
