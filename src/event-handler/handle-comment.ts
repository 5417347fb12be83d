import { join } from 'node:path';
import { oneAtATime } from '../daemon/one-at-a-time.ts';
import { pullRequestDirectory, runDirectory, yearMonth } from '../jobs/directories.ts';
import { listNames } from '../outside/files/durable-files.ts';
import { type PullRequest, TryAgainLater, Unsure } from '../outside/github/github.ts';
import { mayCommand } from '../permissions.ts';
import { carryOutPlan, type PlanStore } from './carry-out-plan.ts';
import { checkCommit, refuseUnknown } from './check-commit.ts';
import { type PlannedCommand, planComment, reactionsTo } from './commands/plan-comment.ts';
import { isLimited, withinLimits } from './commands/within-limits.ts';
import { type CommentRoute, receivedComment, senderOf } from './comment-route.ts';
import { readPullRequest } from './known-pull-requests.ts';
import { planToGoOnFrom } from './parse-plan.ts';
import { type EarlierComments, readUsage } from './read-usage.ts';
import type { Tools } from './tools.ts';
import type { CommandToCarryOut, WrittenPlan } from './written-plan.ts';

/** A comment: what it asks for is decided once, written down, and carried out. */
export async function handleComment(
  route: CommentRoute,
  delivery: string,
  store: PlanStore & { read(): Promise<unknown>; readonly inbox: EarlierComments },
  tools: Tools,
): Promise<void> {
  const before = planToGoOnFrom(await store.read());
  const plan = before?.unplaced
    ? await placeAndWrite(before, route, store, tools)
    : (before ?? (await decideOnce(route, delivery, store, tools)));
  if (plan !== undefined) await carryOutPlan(plan, store, tools);
}

const inTurn = oneAtATime();

/** Decides, and writes it down. Where things are counted, no two comments are decided upon at once: each counts the one before. */
async function decideOnce(
  route: CommentRoute,
  delivery: string,
  store: PlanStore & { readonly inbox: EarlierComments },
  tools: Tools,
): Promise<WrittenPlan | undefined> {
  const decideNow = async () => {
    const plan = await decide(route, delivery, store.inbox, tools);
    return plan && (await placeAndWrite(plan, route, store, tools));
  };
  return isLimited(tools.settings.control.limits) ? await inTurn('decide', decideNow) : await decideNow();
}

async function decide(
  route: CommentRoute,
  delivery: string,
  inbox: EarlierComments,
  tools: Tools,
): Promise<WrittenPlan | undefined> {
  const { repository, pullRequest, comment, sender, senderId, senderIsBot } = route;
  // Only a bot that may send commands could be ourselves: nobody else's comment, and none of our own, costs the question.
  const mayBeOurs = senderIsBot && mayCommand(senderOf(route), tools.settings);
  const ownLogin = mayBeOurs ? await tools.github.readOwnLogin() : '';
  const planned = planComment({ comment: receivedComment(route), ownLogin, settings: tools.settings });
  if (planned.kind === 'ignored') {
    tools.log.info({ why: planned.why }, 'nothing to do for a comment');
    return undefined;
  }
  const { limits } = tools.settings.control;
  const commands = isLimited(limits)
    ? withinLimits(planned.commands, await readUsage(route, inbox, tools.settings), limits, sender)
    : planned.commands;
  return {
    version: 1,
    delivery,
    repository,
    pullRequest,
    commentId: comment.id,
    sender,
    ...(senderId !== undefined && { senderId }),
    commands,
    reactions: reactionsTo(commands, tools.settings),
    reacted: false,
    said: {},
  };
}

/** The plan with its builds placed, on the disk. Where GitHub is needed for that, and away, it is there without: so that this can be told. */
async function placeAndWrite(
  { unplaced, ...plan }: WrittenPlan,
  route: CommentRoute,
  store: PlanStore,
  tools: Tools,
): Promise<WrittenPlan> {
  try {
    const commands = await placeBuilds(plan.commands, route, plan.delivery, tools);
    const placed = { ...plan, commands, reactions: reactionsTo(commands, tools.settings) };
    await store.write(placed);
    return placed;
  } catch (error) {
    if (!unplaced && (error instanceof TryAgainLater || error instanceof Unsure))
      await store.write({ ...plan, unplaced: true });
    throw error;
  }
}

/** Gives each build its commit and its directory: they stay the same however often the plan is carried out. */
async function placeBuilds(
  commands: readonly PlannedCommand[],
  { repository, pullRequest, comment }: CommentRoute,
  delivery: string,
  { settings, github, now }: Tools,
): Promise<readonly CommandToCarryOut[]> {
  const builds = commands.filter(hasTargets);
  if (builds.length === 0) return commands;
  const target = await readPullRequest(settings.stateDir, repository, pullRequest, comment.createdAt, github);
  if (target === 'gone') return commands;
  if (target === 'unknown head')
    return commands.map((command) => (hasTargets(command) ? refuseUnknown(command) : command));
  const pullRequestDir = pullRequestDirectory(settings.build.jobsBaseDir, yearMonth(now()), pullRequest);
  let run = await firstFreeRun(pullRequestDir, delivery);
  const checked = commands.map((command) => checkCommit(command, target.headSha));
  return checked.map((command) =>
    hasTargets(command) ? { ...command, build: place(target, pullRequestDir, delivery, run++) } : command,
  );
}

function place(pullRequest: PullRequest, pullRequestDir: string, delivery: string, run: number) {
  return { pullRequest, pullRequestDir, runDir: runDirectory(pullRequestDir, delivery, run) };
}

const hasTargets = ({ outcome }: PlannedCommand) => outcome.kind === 'build' && outcome.targets.length > 0;

/** A bot that was here before may have begun on the same delivery. */
async function firstFreeRun(pullRequestDir: string, delivery: string): Promise<number> {
  const taken = await listNames(join(runDirectory(pullRequestDir, delivery, 0), '..'));
  const numbers = taken.flatMap((name) => /^run_(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  return numbers.length === 0 ? 0 : Math.max(...numbers) + 1;
}
