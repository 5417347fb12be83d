import { z } from 'zod';
import { wordsOf } from '../../words-of.ts';

/** What a text holds, or why that cannot be used: the end of a sentence that begins with the file's name. */
export type ShapeReading<T> =
  | { readonly value: T; readonly why?: never }
  | { readonly value?: never; readonly why: string };

/** A JSON object, whatever is in it. */
export const anyObject = z.looseObject({});

/** JSON of a shape. `what` it has to be: `order of version 1`. It never throws, whatever somebody wrote. */
export function readShape<Shape extends z.ZodType>(
  text: string,
  shape: Shape,
  what: string,
): ShapeReading<z.output<Shape>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { why: `is not JSON: ${wordsOf(error)}` };
  }
  const { data, error } = shape.safeParse(json);
  return error === undefined ? { value: data as z.output<Shape> } : { why: `is no ${what}: ${firstIssue(error)}` };
}

/** The same, where it does not matter why it is none. */
export function parseShape<Shape extends z.ZodType>(text: string, shape: Shape): z.output<Shape> | undefined {
  return readShape(text, shape, '').value;
}

/** The first thing in a value that does not fit its shape: `rows.0.at: Invalid input`. */
export function firstIssue({ issues: [first] }: z.ZodError): string {
  return `${first?.path.join('.') || 'it'}: ${first?.message ?? 'is wrong'}`;
}
