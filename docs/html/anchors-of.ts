/** The names by which headings can be linked, as GitHub makes them: small letters, no punctuation, hyphens for blanks; a second one gets -1. */
export function anchorsOf(headings: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return headings.map((heading) => {
    const name = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(name);
    seen.set(name, (before ?? 0) + 1);
    return before === undefined ? name : `${name}-${before}`;
  });
}
