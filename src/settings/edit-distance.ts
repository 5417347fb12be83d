/** Corrections between two texts: a character left out, added or changed, or two neighbours swapped, counts one (optimal string alignment). */
export function editDistance(from: string, to: string): number {
  // Longer texts are not misspelled names.
  const [a, b] = [from.slice(0, 200), to.slice(0, 200)];
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let line = 1; line <= a.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a.charAt(line - 1) === b.charAt(column - 1);
      const swapped = a.charAt(line - 2) === b.charAt(column - 1) && a.charAt(line - 1) === b.charAt(column - 2);
      next.push(
        Math.min(
          (row[column - 1] ?? 0) + (same ? 0 : 1),
          (row[column] ?? 0) + 1,
          (next[column - 1] ?? 0) + 1,
          line > 1 && column > 1 && swapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
