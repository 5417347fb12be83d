import { z } from 'zod';

// The parts of which shapes of files consist. Each has a bound: no version of the bot has written more.

/** A name, a path, an address. */
export const word = z.string().max(5_000);
/** A comment has 65,536 characters; what a program said, escaped, may have some more. */
export const text = z.string().max(1_000_000);
/** As many as all pull requests of a site have of anything. */
export const list = <Shape extends z.ZodType>(shape: Shape) => z.array(shape).max(100_000).readonly();

/** A time in a file: ISO 8601, with a year of four digits. */
export const timeShape = z.string('has to be a time').max(40).refine(isTime, 'has to be a time');

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text));
}
