import { z } from 'zod';

/** A time as it stands in files: ISO 8601, of a year with four digits. */
export const timeShape = z.string().max(40).refine(isTime, 'is no time');

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text));
}
