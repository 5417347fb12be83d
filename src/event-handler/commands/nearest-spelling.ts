import { editDistance } from '../../settings/edit-distance.ts';

/** The name that takes the fewest corrections to reach; undefined if there are no names. */
export function nearestSpelling(typed: string, names: readonly string[]): string | undefined {
  const distances = names.map((name) => editDistance(typed, name));
  return names[distances.indexOf(Math.min(...distances))];
}
