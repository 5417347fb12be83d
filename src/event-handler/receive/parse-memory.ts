import { z } from 'zod';
import { parseShape } from '../../outside/files/parse-shape.ts';
import { list, timeShape, word } from '../../outside/files/shapes.ts';

const missingShape = z.object({
  id: word,
  guid: word,
  event: word,
  /** ISO 8601; GitHub's clock. */
  deliveredAt: timeShape,
  /** How often its payload could not be fetched. */
  failures: z.int().min(0).max(1e9),
});
/** A delivery that GitHub lists and the inbox lacks. */
export type Missing = Readonly<z.infer<typeof missingShape>>;

const shape = z.object({
  version: z.literal(1),
  /** When this bot first read the list: earlier deliveries are left to the bot that ran then. */
  begin: timeShape,
  /** `begin` is by this machine's clock, since GitHub could not be asked: it is corrected once GitHub can be. */
  guessed: z.literal(true).exactOptional(),
  /** GUIDs of the deliveries at exactly `begin`, which also count as earlier. */
  before: list(word),
  /** The cursor: everything up to here was compared. */
  comparedUntil: timeShape,
  /** A listing under way, newest first, down to `comparedUntil`. `next`: the name of GitHub's next page. */
  listing: z.object({ until: timeShape, next: word, found: list(missingShape) }).exactOptional(),
  /** Found and not fetched yet, oldest first. */
  missing: list(missingShape),
});
/** How far GitHub's list was compared: `recovery.json`. Times are GitHub's. */
export type Memory = Readonly<z.infer<typeof shape>>;

/** Parses `recovery.json`; undefined if it is damaged. */
export function parseMemory(text: string): Memory | undefined {
  return parseShape(text, shape);
}
