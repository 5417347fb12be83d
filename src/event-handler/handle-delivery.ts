import { giveUpPlan, tellOfDelay } from './comment/carry-out-plan.ts';
import { handleComment } from './comment/handle-comment.ts';
import { parsePlan } from './comment/kept-plan.ts';
import type { Route } from './events/route.ts';
import { handlePullRequest } from './handle-pull-request.ts';
import { handleRerequest } from './handle-rerequest.ts';
import type { Delivery } from './receive/delivery.ts';
import type { Inbox } from './receive/inbox.ts';
import type { Tools } from './tools.ts';
import { whyItWaits } from './why-it-waits.ts';

/** Handles a delivery. Idempotent, also after a kill halfway. */
export async function handleDelivery(route: Route, delivery: Delivery, inbox: Inbox, tools: Tools): Promise<void> {
  const { guid, receivedAt } = delivery;
  const handled = { guid, receivedAt, plan: inbox.planOf(guid), inbox };
  switch (route.kind) {
    case 'comment':
      return await handleComment(route, handled, tools);
    case 'pull-request':
      return await handlePullRequest(route, handled, tools);
    case 'rerequested':
      return await handleRerequest(route, handled, tools);
    case 'ignored':
      tools.log.info({ why: route.why }, 'nothing to do for a delivery');
  }
}

/** Tells the sender of a command that its delivery was set aside; nobody if the command was not understood. */
export async function tellOfFailure({ guid }: Delivery, inbox: Inbox, tools: Tools): Promise<void> {
  const file = inbox.planOf(guid);
  const plan = parsePlan(await file.read());
  if (plan === undefined || tools.settings.control.chatLevel === 'incognito') return;
  await giveUpPlan(plan, file, tools);
}

/** Tells the sender of a command why its delivery waits; nobody if the command was not understood. */
export async function tellOfWait({ guid }: Delivery, error: unknown, inbox: Inbox, tools: Tools): Promise<void> {
  const file = inbox.planOf(guid);
  const plan = parsePlan(await file.read());
  if (plan !== undefined) await tellOfDelay(plan, whyItWaits(error), file, tools);
}
