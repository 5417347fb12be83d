import { cancelKind } from '../jobs/cancellations.ts';
import { previewKind } from '../jobs/previews.ts';
import { cancelOrder } from './cancel/cancel-order.ts';
import { cleanUpOrder } from './cleanup/clean-up-order.ts';
import { deployment } from './deploy/deploy-order.ts';
import { preview } from './deploy/preview-order.ts';
import type { OrderKind } from './tools.ts';

/** Every kind of order that there is, by the `kind` in its file. */
export const orderKinds: ReadonlyMap<string, OrderKind> = new Map<string, OrderKind>([
  ['deploy', deployment],
  [previewKind, preview],
  ['clean-up', { carryOut: cleanUpOrder }],
  [cancelKind, { carryOut: cancelOrder }],
]);
