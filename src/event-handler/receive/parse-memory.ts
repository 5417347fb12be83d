import { z } from 'zod';
import { parseShape } from '../../outside/files/parse-shape.ts';
import { timeShape } from '../../outside/files/time-shape.ts';
import type { Memory } from './plan-recovery.ts';

/** GitHub's ids of deliveries, its pages' names, GUIDs, events: what GitHub lists. */
const word = z.string().max(1_000);
const most = 100_000;
const missing = z.array(
  z.object({ id: word, guid: word, event: word, deliveredAt: timeShape, failures: z.int().min(0).max(1e9) }),
);
const shape = z.object({
  version: z.literal(1),
  begin: timeShape,
  guessed: z.literal(true).exactOptional(),
  before: z.array(word).max(most),
  comparedUntil: timeShape,
  listing: z.object({ until: timeShape, next: word, found: missing.max(most) }).exactOptional(),
  missing: missing.max(most),
});

/** What was remembered of the comparison with GitHub's list; undefined where it is damaged. */
export function parseMemory(text: string): Memory | undefined {
  return parseShape(text, shape);
}
