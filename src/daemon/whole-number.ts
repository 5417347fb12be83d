import { InvalidArgumentError } from 'commander';

/** Reads an option that is a whole number within these bounds. */
export const wholeNumber =
  (least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY) =>
  (text: string): number => {
    const number = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number${tellBounds(least, most)}.`);
  };

function tellBounds(least: number, most: number): string {
  if (most < Number.POSITIVE_INFINITY) return `, ${least} to ${most}`;
  return least > Number.NEGATIVE_INFINITY ? `, ${least} or more` : '';
}
