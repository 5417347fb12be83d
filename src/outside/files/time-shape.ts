import { z } from 'zod';

/** A time in a file: ISO 8601, with a year of four digits. */
export const timeShape = z.string().max(40).refine(isTime, 'is no time');

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text));
}
