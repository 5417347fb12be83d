import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Unusable } from '../../jobs/judge-error.ts';
import { timeInName } from '../../jobs/names-on-disk.ts';
import { openShape } from '../../outside/files/open-shape.ts';
import { anyObject, parseShape, type Reading } from '../../outside/files/parse-shape.ts';
import { sealBytes } from '../../outside/files/seal.ts';
import { timeShape } from '../../outside/files/shapes.ts';

// A delivery on the disk: what is in its file, and what its name tells.

/** What lies in the inbox is not what was received: a disk has lost it. */
export class DamagedDelivery extends Unusable {
  override name = 'DamagedDelivery';
}

const guidRule = /^[0-9A-Za-z-]{1,64}$/;
const eventRule = /^[a-z_]{1,64}$/;

const shape = z.object({
  version: z.literal(1),
  /** The forge's id of it. */
  guid: z.string().regex(guidRule),
  /** Its kind, in the forge's words. */
  event: z.string().regex(eventRule),
  /** ISO 8601, by GitHub's clock; by this machine's where GitHub had not answered yet. */
  receivedAt: timeShape,
  headers: z.record(z.string().max(100_000), z.string().max(100_000)),
  /** The exact text that was signed. */
  body: z.string(),
});
/** A webhook delivery as it was received. */
export type Delivery = Readonly<z.infer<typeof shape>>;

/**
 * `TIME_N_comment.ID_GUID.json` of a new comment, else `TIME_N_body.HASH_GUID.json`: sorted by name is sorted by time. No GUID has a dot,
 * and none is signed: whoever saw a delivery can send it again under another one, but with the same body.
 */
export function nameOf({ guid, receivedAt, body }: Delivery, counter: number, newComment: number | undefined): string {
  const hash = () => createHash('sha256').update(body).digest('hex').slice(0, 32);
  const signed = newComment === undefined ? `body.${hash()}` : `comment.${newComment}`;
  return `${[timeInName(receivedAt), String(counter).padStart(6, '0'), signed, guid].join('_')}.json`;
}

/** Its GUID, and the id of a new comment, or the hash of its body. */
export const identitiesOf = (name: string) => name.slice(0, -'.json'.length).split('_').slice(2);
export const guidOf = (name: string) => name.slice(name.lastIndexOf('_') + 1, -'.json'.length);

/** Whether this can be the GUID of a delivery: it becomes part of names of files. */
export const isGuid = (text: string | undefined): text is string => text !== undefined && guidRule.test(text);
/** Whether this can be the forge's word for an event. */
export const isEventName = (text: string | undefined): text is string => text !== undefined && eventRule.test(text);

/** What a delivery's file holds, with its seal. */
export const sealDelivery = (name: string, delivery: Delivery): Buffer =>
  sealBytes('delivery', name, JSON.stringify(delivery));

/** What a file in the inbox holds. Where it is damaged whoever works the inbox off sets it aside and says so. */
export const openDelivery = (name: string, text: string): Reading<Delivery> => openShape('delivery', name, text, shape);

/** Undefined for what is no JSON, or no object. */
export const parseObject = (text: string): object | undefined => parseShape(text, anyObject);
