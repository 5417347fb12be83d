/** Takes an option with its value out of a command line. Of several the last one counts, as commander has it. */
export function takeOption(
  words: readonly string[],
  option: string,
  short?: string,
): { readonly value?: string; readonly rest: readonly string[] } {
  const isShort = (word: string) => short !== undefined && word.startsWith(short) && !word.startsWith('--');
  const at = words.findIndex((word) => word === option || word.startsWith(`${option}=`) || isShort(word));
  const word = words[at];
  if (word === undefined) return { rest: words };
  const isAlone = word === option || word === short;
  const value = isAlone ? words[at + 1] : isShort(word) ? word.slice(2) : word.slice(option.length + 1);
  const later = takeOption(words.toSpliced(at, isAlone ? 2 : 1), option, short);
  return { ...(value !== undefined && { value }), ...later };
}
