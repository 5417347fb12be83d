import { oneAtATime } from '../../daemon/one-at-a-time.ts';
import { pullRequestKey } from '../../jobs/forge-names.ts';
import type { CommentRoute } from '../events/route.ts';
import type { HandledDelivery } from '../receive/inbox.ts';
import type { Tools } from '../tools.ts';
import { carryOutPlan } from './carry-out-plan.ts';
import { type CommandRequest, gatherFacts, gatherPlace, readBuilt } from './gather-facts.ts';
import { planToGoOnFrom, type WrittenPlan } from './kept-plan.ts';
import { parseComment } from './parse-comment.ts';
import { placeBuilds, planComment } from './plan-comment.ts';
import { isLimited } from './within-limits.ts';

/** Handles a comment: plans once, keeps the plan, carries it out. */
export async function handleComment(comment: CommentRoute, delivery: HandledDelivery, tools: Tools): Promise<void> {
  const { id, createdAt } = comment.comment;
  const parse = () => parseComment(comment, tools.settings);
  const request = { ...comment, commentId: id, at: createdAt, parse };
  await handleCommands(request, delivery, tools);
}

/** The same for commands from a comment or a button. */
export async function handleCommands(request: CommandRequest, delivery: HandledDelivery, tools: Tools): Promise<void> {
  const kept = planToGoOnFrom(await delivery.plan.read());
  const decideNow = () => (kept ? complete(kept, request, delivery, tools) : decide(request, delivery, tools));
  // One plan at a time: per pull request, as each looks at what earlier ones ordered; over all, if limits are set.
  const together = isLimited(tools.settings.control.limits) ? 'decide' : pullRequestKey(request);
  const looksAtOthers = kept === undefined && !request.standsAlone;
  const plan = looksAtOthers ? await inTurn(together, decideNow) : await decideNow();
  if (plan !== undefined) await carryOutPlan(plan, delivery.plan, tools);
}

const inTurn = oneAtATime();

async function decide(
  request: CommandRequest,
  delivery: HandledDelivery,
  tools: Tools,
): Promise<WrittenPlan | undefined> {
  const parsed = request.parse();
  const { away, ...facts } = await gatherFacts(parsed, request, delivery, tools);
  const planned = planComment(parsed, facts, tools.settings);
  if (planned.kind === 'ignored') {
    tools.log.info({ why: planned.why }, 'nothing to do for a comment');
    return undefined;
  }
  const { repository, pullRequest, sender, senderId, commentId } = request;
  const { commands, reactions, unplaced } = planned;
  const plan: WrittenPlan = {
    ...{ version: 1, delivery: delivery.guid, repository, pullRequest, sender },
    ...(commentId !== undefined && { commentId }),
    ...(senderId !== undefined && { senderId }),
    ...{ commands, reactions, reacted: false, said: {} },
    ...(unplaced && { unplaced }),
  };
  await delivery.plan.write(plan);
  if (unplaced) throw away; // after the plan is kept, so that the pull request can be told why its builds wait
  return plan;
}

/** Completes a plan that was kept while GitHub could not say which commit to build. */
async function complete(
  { unplaced, ...plan }: WrittenPlan,
  request: CommandRequest,
  delivery: HandledDelivery,
  tools: Tools,
): Promise<WrittenPlan> {
  if (!unplaced) return plan;
  const place = await gatherPlace(request, delivery, tools);
  const { jobs: built, unread } = await readBuilt(request, delivery, tools);
  const placed = { ...plan, ...placeBuilds(plan.commands, { ...place, built, unread }, tools.settings) };
  await delivery.plan.write(placed);
  return placed;
}
