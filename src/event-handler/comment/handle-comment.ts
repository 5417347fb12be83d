import { oneAtATime } from '../../daemon/one-at-a-time.ts';
import type { CommentRoute } from '../route.ts';
import type { Tools } from '../tools.ts';
import { carryOutPlan, type PlanStore } from './carry-out-plan.ts';
import { type Arrivals, gatherFacts, gatherPlace } from './gather-facts.ts';
import { planToGoOnFrom, type WrittenPlan } from './kept-plan.ts';
import { parseComment } from './parse-comment.ts';
import { placeBuilds, planComment } from './plan-comment.ts';
import { isLimited } from './within-limits.ts';

type Store = PlanStore & { read(): Promise<unknown>; readonly inbox: Arrivals };

/** A comment: what it asks for is decided once, written down, and carried out. */
export async function handleComment(
  comment: CommentRoute,
  delivery: string,
  store: Store,
  tools: Tools,
): Promise<void> {
  const kept = planToGoOnFrom(await store.read());
  const decideNow = () => (kept ? complete(kept, comment, store, tools) : decide(comment, delivery, store, tools));
  // Where things are counted, no two comments are decided upon at once: each counts the one before.
  const isAlone = kept === undefined && isLimited(tools.settings.control.limits);
  const plan = isAlone ? await inTurn('decide', decideNow) : await decideNow();
  if (plan !== undefined) await carryOutPlan(plan, store, tools);
}

const inTurn = oneAtATime();

async function decide(
  comment: CommentRoute,
  delivery: string,
  store: Store,
  tools: Tools,
): Promise<WrittenPlan | undefined> {
  const parsed = parseComment(comment, tools.settings);
  const { away, ...facts } = await gatherFacts(parsed, comment, delivery, store.inbox, tools);
  const planned = planComment(parsed, facts, tools.settings);
  if (planned.kind === 'ignored') {
    tools.log.info({ why: planned.why }, 'nothing to do for a comment');
    return undefined;
  }
  const { repository, pullRequest, sender, senderId } = comment;
  const { commands, reactions, unplaced } = planned;
  const plan: WrittenPlan = {
    ...{ version: 1, delivery, repository, pullRequest, commentId: comment.comment.id, sender },
    ...(senderId !== undefined && { senderId }),
    ...{ commands, reactions, reacted: false, said: {} },
    ...(unplaced && { unplaced }),
  };
  await store.write(plan);
  if (unplaced) throw away; // from the plan it can be told that its builds wait for GitHub
  return plan;
}

/** A plan that was kept before GitHub could tell which commit its builds are of. */
async function complete(
  { unplaced, ...plan }: WrittenPlan,
  comment: CommentRoute,
  store: Store,
  tools: Tools,
): Promise<WrittenPlan> {
  if (!unplaced) return plan;
  const place = await gatherPlace(comment, plan.delivery, store.inbox, tools);
  const placed = { ...plan, ...placeBuilds(plan.commands, place, tools.settings) };
  await store.write(placed);
  return placed;
}
