import { codeSpan, escapeMarkdown } from '../../messages/escape-markdown.ts';
import { md } from '../../messages/markdown.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import type { Limits } from '../../settings/settings.ts';
import type { Outcome, PlannedCommand } from './kept-plan.ts';

/** Prior usage: before this comment. */
export interface PriorUsage {
  /** Jobs that have not ended, or are ordered and not submitted yet. */
  readonly waitingJobs: number;
  /** When the commands of the last hour were typed. */
  readonly commandsAt: readonly Date[];
}

/** Usage before a comment that was typed `at`. */
export interface Usage {
  readonly at: Date;
  /** By the account, on all pull requests. */
  readonly user: PriorUsage;
  /** By all accounts, on this pull request. */
  readonly pullRequest: PriorUsage;
}

export const hourMilliseconds = 3_600_000;

/** Whether any limit is set. */
export const isLimited = (limits: Limits) => Object.values(limits).some((limit) => limit > 0);

/** Whether a command counts: if this instance answers it and the sender has the permission. Refused ones count too. */
const isCounted = ({ outcome }: PlannedCommand) =>
  outcome.kind !== 'left-to-others' && outcome.kind !== 'no-permission' && outcome.kind !== 'near-miss';

const jobsOf = (outcome: Outcome | Extract<Outcome, { kind: 'explain' }>['of']) =>
  'targets' in outcome ? outcome.targets.length : 0;

/** Refuses the commands beyond a limit, with the reason and when they may be typed again. */
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
      prior: user,
      commands: limits.commandsPerHourPerUser,
      jobs: limits.waitingJobsPerUser,
      settings: md`per_user`,
    },
    {
      whose: md`one pull request`,
      who: md`this one`,
      prior: pullRequest,
      commands: limits.commandsPerHourPerPullRequest,
      jobs: limits.waitingJobsPerPullRequest,
      settings: md`per_pull_request`,
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
  readonly prior: PriorUsage;
  readonly commands: number;
  readonly jobs: number;
  /** How the names of the settings end. */
  readonly settings: Markdown;
}

function tooManyCommands(
  { whose, who, prior, commands, settings }: Scope,
  counted: number,
  at: Date,
): Markdown | undefined {
  const times = [...prior.commandsAt, ...Array.from({ length: counted }, () => at)].toSorted((a, b) => +a - +b);
  const lastInTheWay = times[times.length - commands];
  if (commands === 0 || times.length <= commands || lastInTheWay === undefined) return undefined;
  const again = new Date(lastInTheWay.getTime() + hourMilliseconds).toISOString().slice(11, 16);
  const number = commands === 1 ? md`1 command` : md`${commands} commands`;
  return md`this bot allows ${whose} ${number} an hour (\`max_commands_per_hour_${settings}\`, which its admin sets); ${who} has used them up (refused ones count); type it again after ${escapeMarkdown(again)} UTC`;
}

function tooManyJobs(
  { whose, who, prior, jobs, settings }: Scope,
  ordered: number,
  wanted: number,
): Markdown | undefined {
  const waiting = prior.waitingJobs + ordered;
  if (jobs === 0 || wanted === 0 || waiting + wanted <= jobs) return undefined;
  const number = jobs === 1 ? md`1 job that waits or runs` : md`${jobs} jobs that wait or run`;
  const has = md`this bot lets ${whose} have ${number} (\`max_waiting_jobs_${settings}\`, which its admin sets); ${who} has ${waiting}, and this command asks for ${wanted}`;
  const next = wanted > jobs ? md`ask for fewer by filters` : md`type it again when enough of them have ended`;
  return md`${has}: ${next}`;
}
