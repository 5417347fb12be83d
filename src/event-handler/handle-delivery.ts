import { apologise, tellOfDelay } from './comment/carry-out-plan.ts';
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
  const store = { read: () => inbox.readPlan(guid), write: (plan: object) => inbox.writePlan(guid, plan) };
  switch (route.kind) {
    case 'comment':
      return await handleComment(route, guid, { ...store, inbox }, tools);
    case 'pull-request':
      return await handlePullRequest(route, guid, receivedAt, store, tools);
    case 'rerequested':
      return await handleRerequest(route, guid, receivedAt, { ...store, inbox }, tools);
    case 'ignored':
      tools.log.info({ why: route.why }, 'nothing to do for a delivery');
  }
}

/** Tells the sender of a command that its delivery was set aside; nobody if the command was not understood. */
export async function tellOfFailure(delivery: Delivery, inbox: Inbox, tools: Tools): Promise<void> {
  const plan = parsePlan(await inbox.readPlan(delivery.guid));
  if (plan === undefined || tools.settings.control.chatLevel === 'incognito') return;
  await apologise(plan, { write: (now) => inbox.writePlan(delivery.guid, now) }, tools);
}

/** Tells the sender of a command why its delivery waits; nobody if the command was not understood. */
export async function tellOfWait(delivery: Delivery, error: unknown, inbox: Inbox, tools: Tools): Promise<void> {
  const plan = parsePlan(await inbox.readPlan(delivery.guid));
  if (plan === undefined) return;
  await tellOfDelay(plan, whyItWaits(error), { write: (now) => inbox.writePlan(delivery.guid, now) }, tools);
}
