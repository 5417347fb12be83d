import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Unusable } from '../../jobs/judge-error.ts';
import { timeInName } from '../../jobs/names-on-disk.ts';
import { openShape } from '../../outside/files/open-shape.ts';
import { anyObject, parseShape, type ShapeReading } from '../../outside/files/parse-shape.ts';
import { sealBytes } from '../../outside/files/seal.ts';
import { timeShape } from '../../outside/files/shapes.ts';

// A delivery on disk: its file, and the file's name.

/** A file in the inbox is damaged: the disk lost what was received. */
export class DamagedDelivery extends Unusable {
  override name = 'DamagedDelivery';
}

/** The kept plan of a delivery is malformed. Using it, or planning anew, could do things twice. */
export class DamagedPlan extends Unusable {
  override name = 'DamagedPlan';

  /** `what`: what is wrong with which file, the beginning of a sentence. */
  constructor(what: string) {
    super(
      `${what}: see on the pull request what was done; then remove that file and do it again with ./bot.sh replay, or give it up with ./bot.sh drop`,
    );
  }
}

const guidRule = /^[0-9A-Za-z-]{1,64}$/;
const eventRule = /^[a-z_]{1,64}$/;

const shape = z.object({
  version: z.literal(1),
  /** The forge's id of the delivery. */
  guid: z.string().regex(guidRule),
  /** The event, in the forge's words. */
  event: z.string().regex(eventRule),
  /** ISO 8601, by GitHub's clock; by this machine's if GitHub had not answered yet. */
  receivedAt: timeShape,
  headers: z.record(z.string().max(100_000), z.string().max(100_000)),
  /** The exact text that was signed. */
  body: z.string(),
});
/** A webhook delivery as it was received. */
export type Delivery = Readonly<z.infer<typeof shape>>;

/**
 * The file's name: `TIME_N_comment.ID_GUID.json` for a new comment, else `TIME_N_body.HASH_GUID.json`. Sorting by name sorts by time. GUIDs
 * have no dots. They are not signed: a replay may carry another GUID, but has the same comment id or body.
 */
export function nameOf({ guid, receivedAt, body }: Delivery, counter: number, newComment: number | undefined): string {
  const hash = () => createHash('sha256').update(body).digest('hex').slice(0, 32);
  const signed = newComment === undefined ? `body.${hash()}` : `comment.${newComment}`;
  return `${[timeInName(receivedAt), String(counter).padStart(6, '0'), signed, guid].join('_')}.json`;
}

/** The identities in a file's name: the GUID, and the id of a new comment or the hash of the body. */
export const identitiesOf = (name: string) => name.slice(0, -'.json'.length).split('_').slice(2);

/** Whether a text can be a GUID. It becomes part of file names. */
export const isGuid = (text: string | undefined): text is string => text !== undefined && guidRule.test(text);
/** Whether a text can be the forge's word for an event. */
export const isEventName = (text: string | undefined): text is string => text !== undefined && eventRule.test(text);

/** The content of a delivery's file, sealed. */
export const sealDelivery = (name: string, delivery: Delivery): Buffer =>
  sealBytes('delivery', name, JSON.stringify(delivery));

/** Reads a delivery's file. If it is damaged, the caller sets it aside and logs it. */
export const openDelivery = (name: string, text: string): ShapeReading<Delivery> =>
  openShape('delivery', name, text, shape);

/** Undefined if the text is not a JSON object. */
export const parseObject = (text: string): object | undefined => parseShape(text, anyObject);
