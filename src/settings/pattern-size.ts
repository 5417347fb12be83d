/** More than anybody needs: compiling many such patterns would block the event handler. */
export const maxPatternSteps = 300;

/** A piece of a pattern: quoted text, an escape, a set of characters, flags, the beginning of a group, how often, or any one character. */
const piece =
  /\\Q(?<quoted>.*?)(?:\\E|$)|\\[pPx]\{[^}]*\}|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|(?<flags>\(\?[A-Za-z-]*\))|(?<group>\((?:\?(?:P?<\w+>|[A-Za-z-]*:))?)|\{(?<least>\d+)(?:,(?<most>\d*))?\}|(?<some>[*+?])|./gs;

/**
 * How many steps a pattern has once its counted repetitions are written out: `(ab{3}){10}` has 50, one for each character and each
 * group. Compiling it takes as long. Exact enough for what is a regular expression; anything else is refused in the time of its length.
 */
export function sizeOfPattern(pattern: string): number {
  const before: number[] = []; // each group that is open
  let [sum, last] = [0, 0]; // the last item is the one that a repetition repeats
  for (const { 0: text, groups = {} } of pattern.matchAll(piece)) {
    const { quoted, flags, group, least, most, some } = groups;
    // Neither is an item: what is repeated behind them is what stands before them.
    if (flags !== undefined || quoted === '') continue;
    if (least !== undefined) last *= Math.max(1, Number(least) + (most === '' ? 1 : 0), Number(most ?? 0));
    else if (some !== undefined) last += 1;
    else if (group !== undefined) {
      before.push(sum + last);
      [sum, last] = [1, 0];
    } else if (text === ')') [sum, last] = [before.pop() ?? 0, sum + last];
    else [sum, last] = [sum + last, quoted?.length ?? 1];
  }
  return before.reduce((total, size) => total + size, sum + last);
}
