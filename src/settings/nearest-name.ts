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

/** The end of a message: asks whether the name was meant that is nearest, if there is one. `quotes`: what stands round it. */
export function suggest(word: string, names: readonly string[], [before, after] = ['"', '"']): string {
  const name = nearestName(word, names);
  return name === undefined ? '' : `; did you mean ${before}${name}${after}?`;
}
