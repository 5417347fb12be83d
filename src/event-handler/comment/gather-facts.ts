import { join } from 'node:path';
import { pullRequestDirectory, runDirectory, yearMonth } from '../../jobs/directories.ts';
import { listNames } from '../../outside/files/list-names.ts';
import { type OfPullRequest, TryAgainLater, Unsure } from '../../outside/forge/forge.ts';
import { type AnnouncedJob, readAnnouncedJobs } from '../cancel/read-announced-jobs.ts';
import type { BuiltJob } from '../commands/built-jobs.ts';
import type { Whose } from '../commands/command.ts';
import { commandNamed } from '../commands/commands.ts';
import { whoseJobs } from '../commands/whose-jobs.ts';
import { hearOfPushes, readPullRequest } from '../events/remember-pull-request.ts';
import type { CommentRoute, Sender } from '../events/route.ts';
import type { HandledDelivery } from '../receive/inbox.ts';
import type { Tools } from '../tools.ts';
import { isAboutNewJobs, type ParsedComment, type TypedCommand } from './parse-comment.ts';
import type { BuildPlace, CommentFacts } from './plan-comment.ts';
import { readBuiltJobs } from './read-built-jobs.ts';
import { readUsage } from './read-usage.ts';
import { isLimited } from './within-limits.ts';

/** What was asked for on a pull request: by a comment, or by the button of a check. */
export interface CommandRequest extends OfPullRequest, Sender, Pick<CommentRoute, 'standsAlone'> {
  /** When the comment was typed; of a button, when that was heard of. ISO 8601. */
  readonly at: string;
  /** Absent: a button was pressed. */
  readonly commentId?: number;
  /** Of a button: picks those of the earlier jobs that it is about. */
  readonly about?: (built: readonly BuiltJob[]) => readonly BuiltJob[];
  readonly parse: () => ParsedComment;
}

type Arrived = Pick<HandledDelivery, 'guid' | 'inbox'>;

/** Gathers the facts that planning these commands needs. `away`: why GitHub could not be asked for the pull request. */
export async function gatherFacts(
  parsed: ParsedComment,
  request: Omit<CommandRequest, 'parse'>,
  delivery: Arrived,
  tools: Tools,
): Promise<CommentFacts & { readonly away?: unknown }> {
  if (parsed.kind === 'ignored') return {};
  const { settings, forge } = tools;
  const usage = isLimited(settings.control.limits) ? await readUsage(request, delivery.inbox, tools) : undefined;
  const facts = {
    whose: await whoseAre(parsed.commands, request, tools),
    ...(request.senderIsBot && { ownLogin: await forge.readOwnLogin() }),
    ...(usage && { usage }),
  };
  if (!parsed.commands.some((each) => each.heard === 'heard' && isAboutNewJobs(each.parsed))) return facts;
  const { jobs: built, unread } = await readBuilt(request, delivery, tools);
  try {
    const place = { ...(await gatherPlace(request, delivery, tools)), built, unread };
    return { ...facts, built, place };
  } catch (error) {
    if (error instanceof TryAgainLater || error instanceof Unsure) return { ...facts, built, away: error };
    throw error;
  }
}

/** Whether each command is about something of this instance. The comments are read at most once, and for nobody who may not command. */
async function whoseAre(
  commands: readonly TypedCommand[],
  where: OfPullRequest,
  tools: Pick<Tools, 'settings' | 'forge'>,
): Promise<readonly Whose[]> {
  const whose: Whose[] = [];
  let announced: readonly AnnouncedJob[] | undefined;
  for (const { parsed, heard } of commands) {
    const known =
      parsed.kind === 'command' && (await commandNamed(parsed.name).whoseIs?.(parsed, where, tools.settings));
    if (!known) whose.push({ kind: 'ours' });
    else if (known.kind !== 'not-here') whose.push(known);
    else if (heard === 'for others' || heard === 'no command permission') whose.push({ kind: 'left-to-others' });
    else {
      announced ??= await readAnnouncedJobs(where, tools);
      whose.push(whoseJobs(known.jobs, announced));
    }
  }
  return whose;
}

/** The earlier jobs; for a button only those that it is about. */
export async function readBuilt(
  { about = (jobs) => jobs, ...of }: OfPullRequest & Pick<CommandRequest, 'about'>,
  { guid, inbox }: Arrived,
  tools: Pick<Tools, 'settings' | 'log'>,
) {
  const { jobs, unread } = await readBuiltJobs(of, guid, inbox, tools);
  return { jobs: about(jobs), unread };
}

/** The commit and the directory for builds. Asks GitHub only if no event has described the pull request. */
export async function gatherPlace(
  request: OfPullRequest & Pick<CommandRequest, 'at' | 'commentId'>,
  { guid: delivery, inbox }: Arrived,
  { settings, forge, webhooks, now }: Tools,
): Promise<Omit<BuildPlace, 'built' | 'unread'>> {
  const { stateDir, build } = settings;
  await hearOfPushes(stateDir, request, inbox, webhooks);
  const isOfButton = request.commentId === undefined;
  // GitHub does not say when a button was pressed: the newest known head counts.
  const pullRequest = await readPullRequest(stateDir, request, isOfButton ? 'newest' : { at: request.at }, forge);
  const pullRequestDir = pullRequestDirectory(build.jobsBaseDir, yearMonth(now()), request.pullRequest);
  const firstRun = await firstFreeRun(pullRequestDir, delivery);
  return { delivery, pullRequest, isOfButton, pullRequestDir, firstRun };
}

/** Not always 0: an earlier bot may have begun the same delivery. */
async function firstFreeRun(pullRequestDir: string, delivery: string): Promise<number> {
  const taken = await listNames(join(runDirectory(pullRequestDir, delivery, 0), '..'));
  return Math.max(-1, ...taken.flatMap((name) => /^run_(\d+)$/.exec(name)?.[1] ?? []).map(Number)) + 1;
}
