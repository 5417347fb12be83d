import { z } from 'zod';
import { parseShape } from '../../outside/files/parse-shape.ts';
import { list, timeShape, word } from '../../outside/files/shapes.ts';
import type { Memory } from './plan-recovery.ts';

/** GitHub's ids of deliveries, its pages' names, GUIDs, events: what GitHub lists. */
const missing = list(
  z.object({ id: word, guid: word, event: word, deliveredAt: timeShape, failures: z.int().min(0).max(1e9) }),
);
const shape = z.object({
  version: z.literal(1),
  begin: timeShape,
  guessed: z.literal(true).exactOptional(),
  before: list(word),
  comparedUntil: timeShape,
  listing: z.object({ until: timeShape, next: word, found: missing }).exactOptional(),
  missing: missing,
});

/** What was remembered of the comparison with GitHub's list; undefined where it is damaged. */
export function parseMemory(text: string): Memory | undefined {
  return parseShape(text, shape);
}
