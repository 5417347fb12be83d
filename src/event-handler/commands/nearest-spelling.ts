import { editDistance } from '../../settings/edit-distance.ts';

/** The name that takes the fewest corrections to reach; undefined if there are no names. */
export function nearestSpelling(typed: string, names: readonly string[]): string | undefined {
  let nearest: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(typed, name);
    if (nearest === undefined || distance < nearest.distance) nearest = { name, distance };
  }
  return nearest?.name;
}
