import type { z } from 'zod';

/** JSON of a shape; undefined for anything else. Never throws. */
export function parseShape<Shape extends z.ZodType>(text: string, shape: Shape): z.output<Shape> | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
