import { join } from 'node:path';
import { pullRequestDirectory, runDirectory, yearMonth } from '../jobs/directories.ts';
import { listNames } from '../outside/files/durable-files.ts';
import type { PullRequest } from '../outside/github/github.ts';
import { mayCommand } from '../permissions.ts';
import { carryOutPlan, type PlanStore } from './carry-out-plan.ts';
import { type PlannedCommand, planComment } from './commands/plan-comment.ts';
import { readPullRequest } from './known-pull-requests.ts';
import type { Route } from './route.ts';
import type { Tools } from './tools.ts';
import { asWrittenPlan, type CommandToCarryOut, type WrittenPlan } from './written-plan.ts';

export type CommentRoute = Extract<Route, { kind: 'comment' }>;

/** A comment: what it asks for is decided once, written down, and carried out. */
export async function handleComment(
  route: CommentRoute,
  delivery: string,
  store: PlanStore & { read(): Promise<unknown> },
  tools: Tools,
): Promise<void> {
  const before = asWrittenPlan(await store.read());
  const plan = before ?? (await decide(route, delivery, tools));
  if (plan === undefined) return;
  if (before === undefined) await store.write(plan);
  await carryOutPlan(plan, store, tools);
}

async function decide(route: CommentRoute, delivery: string, tools: Tools): Promise<WrittenPlan | undefined> {
  const { repository, pullRequest, comment, sender, senderIsBot, isPullRequest, action } = route;
  // Only a bot that may send commands could be ourselves: nobody else's comment, and none of our own, costs the question.
  const mayBeOurs = senderIsBot && mayCommand(sender, tools.settings);
  const ownLogin = mayBeOurs ? await tools.github.readOwnLogin() : '';
  const planned = planComment({
    comment: { id: comment.id, body: comment.body, senderLogin: sender, senderIsBot, isPullRequest, action },
    ownLogin,
    settings: tools.settings,
  });
  if (planned.kind === 'ignored') {
    tools.log.info({ why: planned.why }, 'nothing to do for a comment');
    return undefined;
  }
  return {
    version: 1,
    delivery,
    repository,
    pullRequest,
    commentId: comment.id,
    sender,
    commands: await placeBuilds(planned.commands, route, delivery, tools),
    reactions: planned.reactions,
    reacted: false,
    said: {},
  };
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
  const pullRequestDir = pullRequestDirectory(settings.build.jobsBaseDir, yearMonth(now()), pullRequest);
  let run = await firstFreeRun(pullRequestDir, delivery);
  return commands.map((command) =>
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
