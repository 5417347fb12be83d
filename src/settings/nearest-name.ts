import { editDistance } from './edit-distance.ts';

/** The name that was probably meant: the fewest corrections away, if few enough for its length. */
export function nearestName<Name extends string>(word: string, names: readonly Name[]): Name | undefined {
  let nearest: Name | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const distance = editDistance(word.toLowerCase(), name.toLowerCase());
    if (distance >= least || distance > Math.max(word.length, name.length) / 3) continue;
    nearest = name;
    least = distance;
  }
  return nearest;
}
