import { codeSpan } from '../../messages/escape-markdown.ts';
import { md } from '../../messages/markdown.ts';
import { mayNotBuild, noBuildPermission, whoGivesBuildPermission } from '../../messages/no-permission.ts';
import { type CommandResult, type ResponseItem, tellOfNothing } from '../../messages/response.ts';
import type { Markdown, Reaction } from '../../outside/forge/forge.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Answer, Command } from '../commands/command.ts';
import { type CommandName, commandNamed, commands } from '../commands/commands.ts';
import type { KeptResult, PlannedCommand, WrittenPlan } from './kept-plan.ts';

/** Plans the answer to a command; undefined if the response says it all. `got`: what its `carryOut` gave. */
export function planAnswer(
  { command, outcome }: PlannedCommand,
  got: unknown,
  sender: string,
  settings: Settings,
): (Answer<KeptResult> & { readonly result: KeptResult }) | undefined {
  const name = command?.name ?? 'help';
  const nothing = { result: { kind: 'nothing', command: name } } as const;
  switch (outcome.kind) {
    case 'left-to-others':
    case 'misunderstood':
    case 'near-miss':
      return undefined;
    case 'no-permission': {
      if (outcome.which === 'command') return undefined;
      const body = noBuildPermission(sender, settings.texts);
      if (body.trim() === '') return { result: { kind: 'no-build-permission' } };
      const result = { ...nothing.result, reason: mayNotBuild(sender) };
      return { comment: { saying: 'no build permission', body }, result };
    }
    case 'refused': {
      const { kind: _, ...why } = outcome;
      return { result: { kind: 'failed', command: name, ...why } };
    }
    case 'nothing-matches': {
      const { kind: _, ...why } = outcome;
      return { result: { ...nothing.result, ...why } };
    }
    default:
      return { ...nothing, ...commandNamed(outcome.kind).answer(outcome, got, settings, commands) };
  }
}

/**
 * What the response says about each command. A missing permission is said once. Commands for another instance are left out; but if there
 * are no others, and the response was posted already (a wait was announced), it says so.
 */
export function responseItems({ commands, sender, waitsFor, said }: WrittenPlan): readonly ResponseItem[] {
  const items: ResponseItem[] = [];
  const ofOthers: ResponseItem[] = [];
  for (const { typed, command, outcome, result } of commands) {
    if (outcome.kind === 'left-to-others') continue;
    if (result?.kind === 'left-to-others')
      ofOthers.push({ kind: 'received', typed, expanded: command?.expanded ?? typed, result: leftToOthers });
    else if (outcome.kind === 'no-permission' && outcome.which === 'command') {
      if (!items.some(({ kind }) => kind === 'no-command-permission')) items.push({ kind: 'no-command-permission' });
    } else if (outcome.kind === 'misunderstood') {
      items.push({ ...outcome, typed });
    } else if (outcome.kind === 'near-miss') {
      if (outcome.line !== undefined) items.push({ kind: 'near-miss', line: outcome.line });
    } else {
      const ofPermission =
        outcome.kind === 'no-permission' ? command && tellNoPermission(command.name, result, sender) : undefined;
      const progress =
        result !== undefined ? { result: ofPermission ?? told(result) } : waitsFor !== undefined ? { waitsFor } : {};
      items.push({ kind: 'received', typed, expanded: command?.expanded ?? typed, ...progress });
    }
  }
  return items.length === 0 && said['response'] !== undefined ? ofOthers : items;
}

const leftToOthers = {
  kind: 'told',
  lines: [md`  - nothing was done here: another instance is meant`],
} as const satisfies CommandResult;

function told(result: Exclude<KeptResult, { readonly kind: 'left-to-others' }>): CommandResult {
  switch (result.kind) {
    case 'no-build-permission':
    case 'failed':
      return result;
    case 'nothing':
      return tellOfNothing(nothingOf(commandNamed(result.command)), result);
    default:
      return commandNamed(result.kind).tell(result);
  }
}

/** The reactions once all commands are carried out: jobs were submitted; some that were asked for were not. */
export function lastReactions({ commands, reactions }: WrittenPlan): readonly Reaction[] {
  if (reactions.length === 0) return [];
  const results = commands.flatMap(({ result }) => result ?? []);
  const hasJobs = results.some((result) => 'jobs' in result && result.jobs.length > 0);
  const hasNone = commands.some(
    ({ outcome, build, result }) =>
      result !== undefined && (build === undefined ? isPartlyDone(result) : isLacking(outcome, result)),
  );
  return [
    ...(hasNone && !reactions.includes('confused') ? (['confused'] as const) : []),
    ...(hasJobs ? (['rocket'] as const) : []),
  ];
}

/** Whether a target has no job. */
const isLacking = (outcome: PlannedCommand['outcome'], result: KeptResult) =>
  !('jobs' in result) || ('targets' in outcome && result.jobs.length < outcome.targets.length);

function isPartlyDone(result: KeptResult): boolean {
  const now = result.kind === 'left-to-others' ? undefined : told(result);
  return now?.kind === 'told' && now.reason !== undefined;
}

const nothingOf = ({ nothing, permission }: Pick<Command, 'nothing' | 'permission'>) =>
  nothing ?? (permission === 'build' ? 'jobs' : 'comment');

/** For a command with its own words for a missing permission. */
function tellNoPermission(
  name: CommandName,
  result: KeptResult | undefined,
  sender: string,
): CommandResult | undefined {
  const line = commandNamed(name).tellNoPermission?.(sender);
  if (line === undefined) return undefined;
  const isToldHereOnly = result?.kind === 'no-build-permission';
  if (!isToldHereOnly) return { kind: 'told', lines: [md`  - ${line}`] };
  const lines = [line, whoGivesBuildPermission].map((each) => md`  - ${each}`);
  return { kind: 'told', lines, saying: 'response with a refusal' };
}

/** The plan with the reason why the rest of it waits; undefined if that was said already. */
export function planToWait(plan: WrittenPlan, waitsFor: Markdown): WrittenPlan | undefined {
  const isTold = plan.shown !== undefined && plan.waitsFor !== undefined;
  return isTold && withoutNumbers(plan.waitsFor) === withoutNumbers(waitsFor) ? undefined : { ...plan, waitsFor };
}

/** Numbers do not make another reason: milliseconds, bytes. */
const withoutNumbers = (text: string) => text.replaceAll(/\d+/g, '');

/** The plan that gives up its open commands: their retries failed. */
export function planToGiveUp(plan: WrittenPlan): WrittenPlan {
  const reason = md`something went wrong on this bot's side, again and again; its admin finds the reason in the log, under ${codeSpan(plan.delivery)}`;
  const commands = plan.commands.map((each): PlannedCommand => {
    const isOpen = each.result === undefined && each.command !== undefined && each.outcome.kind !== 'left-to-others';
    return isOpen ? { ...each, result: { kind: 'failed', command: each.command.name, reason }, givenUp: true } : each;
  });
  return { ...plan, commands, reactions: ['confused'], reacted: false };
}

/** The plan to carry out. What was given up is open again: the delivery was replayed. */
export function planToGoOn(plan: WrittenPlan): WrittenPlan {
  const commands = plan.commands.map(
    ({ givenUp, result, ...open }): PlannedCommand => (givenUp || result === undefined ? open : { ...open, result }),
  );
  return { ...plan, commands };
}
