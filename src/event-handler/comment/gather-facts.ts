import { join } from 'node:path';
import { pullRequestDirectory, runDirectory, yearMonth } from '../../jobs/directories.ts';
import { listNames } from '../../outside/files/durable-files.ts';
import { TryAgainLater, Unsure } from '../../outside/forge/forge.ts';
import type { BuiltJob } from '../commands/built-jobs.ts';
import type { Whose } from '../commands/command.ts';
import { commandNamed } from '../commands/commands.ts';
import { hearOfPushes, readPullRequest } from '../known-pull-requests.ts';
import type { Inbox } from '../receive/inbox.ts';
import type { CommentRoute } from '../route.ts';
import type { Tools } from '../tools.ts';
import type { ParsedCommand } from './parse-command.ts';
import { isAboutNewJobs, type ParsedComment } from './parse-comment.ts';
import type { Facts, Place } from './plan-comment.ts';
import { readBuiltJobs } from './read-built-jobs.ts';
import { readUsage } from './read-usage.ts';
import { isLimited } from './within-limits.ts';

export type Arrivals = Pick<Inbox, 'commentsSince' | 'openPlans' | 'waitingEvents'>;

/** What has to be known to decide upon these commands, and nothing else. `away`: why GitHub could not tell of the pull request. */
export async function gatherFacts(
  parsed: ParsedComment,
  comment: CommentRoute,
  delivery: string,
  inbox: Arrivals,
  tools: Tools,
  about: (built: readonly BuiltJob[]) => readonly BuiltJob[] = (built) => built,
): Promise<Facts & { readonly away?: unknown }> {
  if (parsed.kind === 'ignored') return {};
  const { settings, forge } = tools;
  const usage = isLimited(settings.control.limits) ? await readUsage(comment, inbox, tools) : undefined;
  const facts = {
    whose: await Promise.all(parsed.commands.map(({ parsed: each }) => whoseIs(each, comment, settings))),
    ...(comment.senderIsBot && { ownLogin: await forge.readOwnLogin() }),
    ...(usage && { usage }),
  };
  if (!parsed.commands.some((each) => each.heard === 'heard' && isAboutNewJobs(each.parsed))) return facts;
  const read = await readBuiltJobs(comment, delivery, inbox, tools);
  const built = about(read.jobs);
  try {
    const place = await gatherPlace(comment, delivery, inbox, tools, async () => ({ ...read, jobs: built }));
    return { ...facts, built, place };
  } catch (error) {
    if (error instanceof TryAgainLater || error instanceof Unsure) return { ...facts, built, away: error };
    throw error;
  }
}

/** Whether this instance has what a command is about. */
async function whoseIs(parsed: ParsedCommand, where: CommentRoute, settings: Tools['settings']): Promise<Whose> {
  if (parsed.kind === 'misunderstood') return { kind: 'ours' };
  return (await commandNamed(parsed.name).whoseIs?.(parsed, where, settings)) ?? { kind: 'ours' };
}

/** Where the builds of a comment belong. Asks GitHub only for a pull request of which no event has told. */
export async function gatherPlace(
  route: CommentRoute,
  delivery: string,
  inbox: Arrivals,
  tools: Tools,
  readBuilt: () => ReturnType<typeof readBuiltJobs>,
): Promise<Place> {
  const { settings, forge, webhooks, now } = tools;
  const { repository, pullRequest: number, comment } = route;
  await hearOfPushes(settings.stateDir, repository, number, inbox, webhooks);
  const pullRequest = await readPullRequest(settings.stateDir, repository, number, comment.createdAt, forge);
  const pullRequestDir = pullRequestDirectory(settings.build.jobsBaseDir, yearMonth(now()), number);
  const firstRun = await firstFreeRun(pullRequestDir, delivery);
  const { jobs: built, unread } = await readBuilt();
  return { delivery, pullRequest, pullRequestDir, built, unread, firstRun };
}

/** A bot that was here before may have begun on the same delivery. */
async function firstFreeRun(pullRequestDir: string, delivery: string): Promise<number> {
  const taken = await listNames(join(runDirectory(pullRequestDir, delivery, 0), '..'));
  return Math.max(-1, ...taken.flatMap((name) => /^run_(\d+)$/.exec(name)?.[1] ?? []).map(Number)) + 1;
}
