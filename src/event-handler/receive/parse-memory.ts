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
  /** When this bot looked for the first time: what came before is left to whoever handled it then. */
  begin: timeShape,
  /** `begin` is by this machine's clock, since GitHub could not be asked: it is corrected once GitHub can be. */
  guessed: z.literal(true).exactOptional(),
  /** GUIDs of the deliveries of that very moment, which came before. */
  before: list(word),
  /** Everything up to here was compared. */
  comparedUntil: timeShape,
  /** A listing under way, newest first: it ends at what was compared already. `next`: the name of GitHub's next page. */
  listing: z.object({ until: timeShape, next: word, found: list(missingShape) }).exactOptional(),
  /** Found and not fetched yet, oldest first. */
  missing: list(missingShape),
});
/** What the comparison has to remember. Times are GitHub's. */
export type Memory = Readonly<z.infer<typeof shape>>;

/** What was remembered of the comparison with GitHub's list; undefined where it is damaged. */
export function parseMemory(text: string): Memory | undefined {
  return parseShape(text, shape);
}
