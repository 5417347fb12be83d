import type { z } from 'zod';

/** JSON of a shape; undefined where it is no JSON, or has another shape. It never throws, whatever somebody wrote. */
export function parseShape<Shape extends z.ZodType>(text: string, shape: Shape): z.output<Shape> | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
