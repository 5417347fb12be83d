/** The parts of `name:pattern`: the first colon ends the name, others are of the pattern. `pattern`: undefined where there is no colon. */
export function partsOf(word: string): { readonly name: string; readonly pattern?: string } {
  const colon = word.indexOf(':');
  return colon < 0 ? { name: word } : { name: word.slice(0, colon), pattern: word.slice(colon + 1) };
}
