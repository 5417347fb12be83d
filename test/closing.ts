import type { OrderKind } from '../src/job-manager/tools.ts';
import { closeOrder } from '../src/jobs/orders.ts';

type CarryOut = OrderKind['carryOut'];

/** Carries an order out as the worker does: one that is done is closed. */
export const closing =
  (carryOut: CarryOut): CarryOut =>
  async (open, tools) => {
    const outcome = await carryOut(open, tools);
    if (outcome === 'done') await closeOrder(open);
    return outcome;
  };
