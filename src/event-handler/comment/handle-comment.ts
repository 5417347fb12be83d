import { oneAtATime } from '../../daemon/one-at-a-time.ts';
import { pullRequestKey } from '../../jobs/forge-names.ts';
import type { CommentRoute } from '../events/route.ts';
import type { Tools } from '../tools.ts';
import { carryOutPlan, type PlanStore } from './carry-out-plan.ts';
import { type Arrivals, type CommentRequest, gatherFacts, gatherPlace, readBuilt } from './gather-facts.ts';
import { planToGoOnFrom, type WrittenPlan } from './kept-plan.ts';
import { type ParsedComment, parseComment } from './parse-comment.ts';
import { placeBuilds, planComment } from './plan-comment.ts';
import { standsAlone } from './stands-alone.ts';
import { isLimited } from './within-limits.ts';

type Store = PlanStore & { read(): Promise<unknown>; readonly inbox: Arrivals };

interface AskedAs extends CommentRequest {
  readonly read: () => ParsedComment;
}

/** Handles a comment: plans once, keeps the plan, carries it out. */
export async function handleComment(
  comment: CommentRoute,
  delivery: string,
  store: Store,
  tools: Tools,
): Promise<void> {
  await handleCommands({ comment, read: () => parseComment(comment, tools.settings) }, delivery, store, tools);
}

/** The same for commands from a comment or a button. */
export async function handleCommands(asked: AskedAs, delivery: string, store: Store, tools: Tools): Promise<void> {
  const kept = planToGoOnFrom(await store.read());
  const decideNow = () => (kept ? complete(kept, asked, store, tools) : decide(asked, delivery, store, tools));
  // One plan at a time: per pull request, as each looks at what earlier ones ordered; over all, if limits are set.
  const together = isLimited(tools.settings.control.limits) ? 'decide' : pullRequestKey(asked.comment);
  const looksAtOthers = kept === undefined && !standsAlone(asked.comment.comment.body);
  const plan = looksAtOthers ? await inTurn(together, decideNow) : await decideNow();
  if (plan !== undefined) await carryOutPlan(plan, store, tools);
}

const inTurn = oneAtATime();

async function decide(asked: AskedAs, delivery: string, store: Store, tools: Tools): Promise<WrittenPlan | undefined> {
  const { comment, button } = asked;
  const parsed = asked.read();
  const { away, ...facts } = await gatherFacts(parsed, asked, delivery, store.inbox, tools);
  const planned = planComment(parsed, facts, tools.settings);
  if (planned.kind === 'ignored') {
    tools.log.info({ why: planned.why }, 'nothing to do for a comment');
    return undefined;
  }
  const { repository, pullRequest, sender, senderId } = comment;
  const { commands, reactions, unplaced } = planned;
  const plan: WrittenPlan = {
    ...{ version: 1, delivery, repository, pullRequest, sender },
    ...(button === undefined && { commentId: comment.comment.id }),
    ...(senderId !== undefined && { senderId }),
    ...{ commands, reactions, reacted: false, said: {} },
    ...(unplaced && { unplaced }),
  };
  await store.write(plan);
  if (unplaced) throw away; // after the plan is kept, so that the pull request can be told why its builds wait
  return plan;
}

/** Completes a plan that was kept while GitHub could not say which commit to build. */
async function complete(
  { unplaced, ...plan }: WrittenPlan,
  asked: CommentRequest,
  store: Store,
  tools: Tools,
): Promise<WrittenPlan> {
  if (!unplaced) return plan;
  const { delivery } = plan;
  const place = await gatherPlace(asked, delivery, store.inbox, tools);
  const { jobs: built, unread } = await readBuilt(asked, delivery, store.inbox, tools);
  const placed = { ...plan, ...placeBuilds(plan.commands, { ...place, built, unread }, tools.settings) };
  await store.write(placed);
  return placed;
}
