/** Code in Markdown that stands on one line: from the first backquote to behind the last. */
interface CodeSpan {
  readonly start: number;
  readonly end: number;
  /** Between the backquotes. */
  readonly inside: string;
}

/** The code spans of a text, in order, as GitHub finds them where no HTML and no link comes before. Linear in the length of the text. */
export function codeSpansOf(text: string): CodeSpan[] {
  if (!text.includes('`')) return [];
  const runs = [...text.matchAll(/`+/g)].map((match) => ({ start: match.index, length: match[0].length }));
  const byLength = Map.groupBy(runs, ({ length }) => length);
  const passed = new Map<number, number>();
  const spans: CodeSpan[] = [];
  let behind = 0;
  for (const run of runs) {
    if (run.start < behind) continue;
    // A backslash escapes the first backquote of a run, unless it is in code.
    const skipped = isEscaped(text, run.start, behind) ? 1 : 0;
    const start = run.start + skipped;
    const length = run.length - skipped;
    const alike = byLength.get(length) ?? [];
    let next = passed.get(length) ?? 0;
    while ((alike[next]?.start ?? text.length) <= run.start) next += 1;
    passed.set(length, next);
    const close = alike[next];
    if (close === undefined) continue;
    behind = close.start + close.length;
    spans.push({ start, end: behind, inside: text.slice(run.start + run.length, close.start) });
  }
  return spans;
}

function isEscaped(text: string, at: number, from: number): boolean {
  let backslashes = 0;
  while (at - backslashes > from && text.charAt(at - backslashes - 1) === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}
