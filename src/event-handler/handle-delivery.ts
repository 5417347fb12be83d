import { apologise, tellOfDelay } from './comment/carry-out-plan.ts';
import { handleComment } from './comment/handle-comment.ts';
import { parsePlan } from './comment/kept-plan.ts';
import { handlePullRequest } from './handle-pull-request.ts';
import { handleRerequest } from './handle-rerequest.ts';
import type { Delivery } from './receive/delivery.ts';
import type { Inbox } from './receive/inbox.ts';
import type { Route } from './route.ts';
import type { Tools } from './tools.ts';
import { whyItWaits } from './why-it-waits.ts';

/** Works a delivery off. Safe to do again, whole or from wherever it was stopped. */
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

/** A delivery is set aside: whoever commanded learns it, if it was understood at all. */
export async function tellOfFailure(delivery: Delivery, inbox: Inbox, tools: Tools): Promise<void> {
  const plan = parsePlan(await inbox.readPlan(delivery.guid));
  if (plan === undefined || tools.settings.control.chatLevel === 'incognito') return;
  await apologise(plan, { write: (now) => inbox.writePlan(delivery.guid, now) }, tools);
}

/** A delivery has to wait for longer than people do: whoever commanded learns why, if it was understood. */
export async function tellOfWait(delivery: Delivery, error: unknown, inbox: Inbox, tools: Tools): Promise<void> {
  const plan = parsePlan(await inbox.readPlan(delivery.guid));
  if (plan === undefined) return;
  await tellOfDelay(plan, whyItWaits(error), { write: (now) => inbox.writePlan(delivery.guid, now) }, tools);
}
