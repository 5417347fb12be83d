import { oneAtATime } from '../../daemon/one-at-a-time.ts';
import { pullRequestKey } from '../../jobs/forge-names.ts';
import type { BuiltJob } from '../commands/built-jobs.ts';
import type { CommentRoute } from '../route.ts';
import type { Tools } from '../tools.ts';
import { carryOutPlan, type PlanStore } from './carry-out-plan.ts';
import { type Arrivals, gatherFacts, gatherPlace } from './gather-facts.ts';
import { planToGoOnFrom, type WrittenPlan } from './kept-plan.ts';
import { type ParsedComment, parseComment } from './parse-comment.ts';
import { placeBuilds, planComment } from './plan-comment.ts';
import { readBuiltJobs } from './read-built-jobs.ts';
import { isLimited } from './within-limits.ts';

type Store = PlanStore & { read(): Promise<unknown>; readonly inbox: Arrivals };

/** What somebody asks for, by a comment or by a button. */
interface Asked {
  /** Of a button: as if it had been typed. */
  readonly comment: CommentRoute;
  readonly read: () => ParsedComment;
  /** Of a button: which of the jobs that were built before it is about. */
  readonly about?: (built: readonly BuiltJob[]) => readonly BuiltJob[];
}

/** A comment: what it asks for is decided once, written down, and carried out. */
export async function handleComment(
  comment: CommentRoute,
  delivery: string,
  store: Store,
  tools: Tools,
): Promise<void> {
  await handleCommands({ comment, read: () => parseComment(comment, tools.settings) }, delivery, store, tools);
}

/** The same for commands, however they came. */
export async function handleCommands(asked: Asked, delivery: string, store: Store, tools: Tools): Promise<void> {
  const kept = planToGoOnFrom(await store.read());
  const decideNow = () => (kept ? complete(kept, asked, store, tools) : decide(asked, delivery, store, tools));
  // No two are decided upon at once: of a pull request, since each looks what the one before has ordered; where things are counted, of all.
  const together = isLimited(tools.settings.control.limits) ? 'decide' : pullRequestKey(asked.comment);
  const plan = kept === undefined ? await inTurn(together, decideNow) : await decideNow();
  if (plan !== undefined) await carryOutPlan(plan, store, tools);
}

const inTurn = oneAtATime();

async function decide(
  { comment, read, about }: Asked,
  delivery: string,
  store: Store,
  tools: Tools,
): Promise<WrittenPlan | undefined> {
  const parsed = read();
  const { away, ...facts } = await gatherFacts(parsed, comment, delivery, store.inbox, tools, about);
  const planned = planComment(parsed, facts, tools.settings);
  if (planned.kind === 'ignored') {
    tools.log.info({ why: planned.why }, 'nothing to do for a comment');
    return undefined;
  }
  const { repository, pullRequest, sender, senderId } = comment;
  const { commands, reactions, unplaced } = planned;
  const plan: WrittenPlan = {
    ...{ version: 1, delivery, repository, pullRequest, sender },
    ...(about === undefined && { commentId: comment.comment.id }),
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
  { comment, about = (built) => built }: Asked,
  store: Store,
  tools: Tools,
): Promise<WrittenPlan> {
  if (!unplaced) return plan;
  const { delivery } = plan;
  const readBuilt = async () => {
    const read = await readBuiltJobs(comment, delivery, store.inbox, tools);
    return { ...read, jobs: about(read.jobs) };
  };
  const place = await gatherPlace(comment, delivery, store.inbox, tools, readBuilt);
  const placed = { ...plan, ...placeBuilds(plan.commands, place, tools.settings) };
  await store.write(placed);
  return placed;
}
