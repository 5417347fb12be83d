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

/** A webhook delivery as it was received: `body` is the exact text that was signed. */
export interface Delivery {
  readonly version: 1;
  /** The forge's id of it. */
  readonly guid: string;
  /** Its kind, in the forge's words. */
  readonly event: string;
  /** ISO 8601, by GitHub's clock; by this machine's where GitHub had not answered yet. */
  readonly receivedAt: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

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

const guidRule = /^[0-9A-Za-z-]{1,64}$/;
const eventRule = /^[a-z_]{1,64}$/;

/** Whether this can be the GUID of a delivery: it becomes part of names of files. */
export const isGuid = (text: string | undefined): text is string => text !== undefined && guidRule.test(text);
/** Whether this can be the forge's word for an event. */
export const isEventName = (text: string | undefined): text is string => text !== undefined && eventRule.test(text);

const shape = z.object({
  version: z.literal(1),
  guid: z.string().regex(guidRule),
  event: z.string().regex(eventRule),
  receivedAt: timeShape,
  headers: z.record(z.string().max(100_000), z.string().max(100_000)),
  body: z.string(),
});

/** What a delivery's file holds, with its seal. */
export const sealDelivery = (name: string, delivery: Delivery): Buffer =>
  sealBytes('delivery', name, JSON.stringify(delivery));

/** What a file in the inbox holds. Where it is damaged whoever works the inbox off sets it aside and says so. */
export const openDelivery = (name: string, text: string): Reading<Delivery> => openShape('delivery', name, text, shape);

/** Undefined for what is no JSON, or no object. */
export const parseObject = (text: string): object | undefined => parseShape(text, anyObject);
